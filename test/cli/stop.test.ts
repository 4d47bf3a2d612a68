import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';

it.each(['SIGINT', 'SIGTERM'] as const)(
  'a second %s ends the process at once, whatever it is doing',
  async (signal) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'stop-process.ts')]);
    // It would be busy for ever.
    onTestFinished(() => void child.kill('SIGKILL'));
    const ended = once(child, 'close');
    const said = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].on('data', (bytes) => {
        said[stream] += String(bytes);
      });
    await vi.waitFor(() => expect(said.stdout).toBe('ready\n'), { timeout: 30_000 });
    child.kill(signal);
    await vi.waitFor(() => expect(said.stdout).toBe('ready\nbusy\n'), { timeout: 30_000 });
    expect(said.stderr).toContain('Stopping after this batch');
    child.kill(signal);
    expect(await ended).toEqual([null, signal]);
  },
);
