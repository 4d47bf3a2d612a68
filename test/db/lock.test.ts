import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockHolder, takeLock } from '../../db/lock.ts';

let folder: string;
let path: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-lock-'));
  path = join(folder, 'monitor.lock');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Takes the lock in another process; its answer is `taken` or an error code. */
function take(holder: string): { child: ChildProcess; answer: Promise<unknown> } {
  const child = fork(join(import.meta.dirname, 'lock-process.ts'), [path, holder], { execArgv: [] });
  children.push(child);
  return { child, answer: once(child, 'message').then(([answer]) => answer) };
}

describe('the lock', () => {
  it('goes to one of two processes that want it at once, and is free when that one is killed', async () => {
    const both = [take('one'), take('two')];
    const answers = await Promise.all(both.map(({ answer }) => answer));
    expect([...answers].sort()).toEqual(['E_BUSY', 'taken']);
    const winner = answers.indexOf('taken');
    expect(lockHolder(path)).toBe(['one', 'two'][winner]);
    expect(() => takeLock(path, 'this')).toThrow(expect.objectContaining({ code: 'E_BUSY', exitCode: 4 }));
    expect(() => takeLock(path, 'this')).toThrow(['one', 'two'][winner]);

    const child = both[winner]?.child;
    const gone = once(child ?? process, 'exit');
    child?.kill('SIGKILL');
    await gone;
    expect(lockHolder(path)).toBeUndefined();
    const release = takeLock(path, 'this');
    expect(lockHolder(path)).toBe('this');
    release();
    expect(lockHolder(path)).toBeUndefined();
  });

  it('is held by nobody where there is no file, or one that is no lock', () => {
    expect(lockHolder(path)).toBeUndefined();
    expect(lockHolder(folder)).toBeUndefined();
  });
});
