import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it.each(['SIGINT', 'SIGTERM'] as const)(
  'a second %s ends the process at once, whatever it is doing',
  async (signal) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'stop-process.ts')]);
    const ended = once(child, 'close');
    expect(String((await once(child.stdout, 'data'))[0])).toBe('ready\n');
    child.kill(signal);
    expect(String((await once(child.stderr, 'data'))[0])).toContain('Stopping after this batch');
    expect(String((await once(child.stdout, 'data'))[0])).toBe('busy\n');
    child.kill(signal);
    expect(await ended).toEqual([null, signal]);
  },
);
