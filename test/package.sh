#!/usr/bin/env bash
# Packs the program, installs the tarball in an empty folder, and runs the sample with it; then the accurate model's package beside it.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
node24="$root/node_modules/node/bin"
empty=$(mktemp -d)
trap 'rm -rf "$empty"' EXIT
tarball=$(cd "$root" && npm pack --silent --ignore-scripts --pack-destination "$empty" | tail -n 1)
cd "$empty"
export PATH="$node24:$PATH"
npm init --yes >/dev/null
npm install --ignore-scripts --no-audit --no-fund "./$tarball"
npx --no-install monitor --version
npx --no-install monitor demo --json >demo.json
node -e '
  const demo = JSON.parse(require("node:fs").readFileSync("demo.json", "utf8"));
  const firing = demo.brands.filter((brand) => brand.state === "firing").map((brand) => brand.brand);
  if (firing.join() !== "larkovia-air") throw new Error(`firing: ${firing}`);
  console.log("the installed package runs: 1 passed, 0 failed");
'
model=$(cd "$root/packages/social-accurate" && npm pack --silent --pack-destination "$empty" | tail -n 1)
if npx --no-install monitor model predict --model social-accurate "great" 2>/dev/null; then
  echo "the accurate model is there before it is installed" >&2
  exit 1
fi
npm install --ignore-scripts --no-audit --no-fund "./$model"
npx --no-install monitor model predict --model social-accurate "not a single problem with my flight" | grep --quiet "^positive"
echo "the accurate model's package is found: 1 passed, 0 failed"
