import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ServerUse } from './dashboard-server.ts';

/** A dashboard at work in another process. */
export interface BenchServer {
  readonly url: string;
  use(): Promise<ServerUse>;
  stop(): Promise<void>;
}

/** Starts it; `unbatched` scores each request by itself, which is what batches are compared with. */
export async function startBenchServer(
  configFile: string,
  mode: 'batched' | 'unbatched' = 'batched',
): Promise<BenchServer> {
  const child = fork(fileURLToPath(new URL('dashboard-server.ts', import.meta.url)), [configFile, mode]);
  const [url] = (await once(child, 'message')) as [string];
  return {
    url,
    use: async () => {
      const answer = once(child, 'message');
      child.send('use');
      return ((await answer) as [ServerUse])[0];
    },
    stop: async () => {
      const ended = once(child, 'exit');
      child.send('stop');
      await ended;
    },
  };
}

/** Milliseconds until the whole answer was there. Errors: an answer that is a refusal. */
export async function timed(url: string, init: RequestInit = {}): Promise<number> {
  const startedMs = performance.now();
  const response = await fetch(url, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${url}: ${text.slice(0, 300)}`);
  return performance.now() - startedMs;
}

/** The value that a share of the numbers does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
