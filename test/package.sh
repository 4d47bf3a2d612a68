#!/usr/bin/env bash
# The package as strangers get it: see test/package/run.ts.
set -euo pipefail
cd "$(dirname "$0")/.."
exec node_modules/node/bin/node test/package/run.ts
