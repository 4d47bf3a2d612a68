import { pino } from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createLog } from '../../src/cli/log.ts';
import { createProgress } from '../../src/cli/progress.ts';

afterEach(() => void vi.restoreAllMocks());

/** What is written to stderr meanwhile. */
function written(work: () => void): string {
  let text = '';
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((chunk: unknown) => {
    text += String(chunk);
    return true;
  });
  work();
  spy.mockRestore();
  return text;
}

it('the log is plain lines on a terminal', () => {
  const lines = written(() => {
    const log = createLog(true);
    log.info({ rows: 3, file: 'a.csv', parts: [1, 2] }, 'read');
    log.warn('late');
  });
  expect(lines).toBe('read rows=3 file=a.csv parts=[1,2]\nwarning: late\n');
});

describe('progress', () => {
  it('is a bar on a terminal', () => {
    const progress = createProgress(true, pino({ level: 'silent' }), () => 0);
    expect(
      written(() => {
        progress.start('nothing', 0);
        progress.advance(1);
        progress.start('score', 10);
        progress.advance(5);
        progress.finish();
      }),
    ).not.toContain('nothing');
  });

  it('is a line every ten seconds elsewhere, with the time that is left', () => {
    const lines: string[] = [];
    let now = 0;
    const progress = createProgress(
      false,
      pino({ base: null }, { write: (line: string) => void lines.push(line) }),
      () => now,
    );
    progress.start('score', 100);
    now = 9_999;
    progress.advance(10);
    expect(lines).toEqual([]);
    now = 10_000;
    progress.advance(10);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { msg: 'score', done: 20, total: 100, left_seconds: 40 },
    ]);
    progress.finish();
  });
});
