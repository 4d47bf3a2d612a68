import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../../src/package.ts';

/** What a reader in another process saw: how often it read, and the different states in the order in which they came. */
export interface Seen {
  readonly reads: number;
  readonly states: readonly string[];
}

/** Starts a process that reads all brands' series without pause. Resolves once it has read them for the first time. */
export async function startSeriesReader(configFile: string, newestDay: number): Promise<{ stop(): Promise<Seen> }> {
  const script = join(packageRoot, 'test', 'support', 'series-reader-process.ts');
  const child = spawn(process.execPath, [script, configFile, String(newestDay)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const first = Promise.withResolvers<void>();
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (output.includes('\n')) first.resolve();
  });
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => {
      first.reject(new Error('the reader ended before its first read'));
      resolve();
    });
  });
  await first.promise;
  return {
    stop: async () => {
      child.stdin.end();
      await ended;
      const lines = output
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { reads: number; state: string });
      return {
        reads: lines.at(-1)?.reads ?? 0,
        states: lines.map(({ state }) => state).filter((state) => state !== ''),
      };
    },
  };
}
