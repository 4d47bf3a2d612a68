import { describe, expect, it } from 'vitest';
import { MAX_ROW } from '../../src/ingest/reader.ts';
import { read, short } from './pieces.ts';

describe('the reader of long rows and many broken ones', () => {
  it('rejects what is longer than a row can be and goes on after it', async () => {
    const long = `1,${'x'.repeat(MAX_ROW + 70_000)}`;
    for (const size of [65_536, 10_007]) {
      const rows = await read(`a,b\n0,"${'y'.repeat(900_000)}"\n${long}\n2,z\n3,"${'w\n'.repeat(3)}"\n`, size);
      expect(short(rows.slice(2))).toEqual([
        [2, 3, 'R_ROW_SIZE'],
        [3, 4, ['2', 'z']],
        [4, 5, ['3', 'w\nw\nw\n']],
      ]);
      expect(rows[1]?.fields[1]?.length).toBe(900_000);
    }
  });

  it('takes rows as long as they can be with their line end, and the first MiB of one that is longer', async () => {
    const row = (length: number, letter: string): string => `1,${letter.repeat(length - 2)}`;
    const [fits, long, next] = [row(MAX_ROW - 1, 'x'), row(MAX_ROW, 'y'), row(9, 'z')];
    for (const size of [65_536, 1 << 22]) {
      const rows = await read(`${fits}\n${long}\n${next}\n`, size);
      expect(rows.map(({ line, raw, problem }) => [line, raw.length, raw.at(-1), problem?.code])).toEqual([
        [1, MAX_ROW - 1, 'x', undefined],
        [2, MAX_ROW, 'y', 'R_ROW_SIZE'],
        [3, 9, 'z', undefined],
      ]);
    }
  });

  it('rejects no row because a piece ends where it has looked so far', async () => {
    for (const [before, length, size] of [
      ['', 70_000, 65_536],
      [`${'a'.repeat(255)}\n`, 300, 256],
      ['1,"open\n'.padEnd(256, 'b\n'), 300, 256],
    ] as const) {
      const rows = await read(`${before}"${'x'.repeat(length)}\ny"\n2\n`, size);
      expect(rows.slice(-2).map(({ raw, problem }) => [raw.length, problem])).toEqual([
        [length + 4, undefined],
        [1, undefined],
      ]);
    }
  });

  it('gives up a quote that is still open after a MiB', async () => {
    const lines = '2,x\n'.repeat(MAX_ROW / 2);
    const rows = await read(`a,b\n1,"open\n${lines}`);
    expect(rows.length).toBe(2 + MAX_ROW / 2);
    expect(rows[1]?.problem?.code).toBe('R_QUOTE');
    expect(rows.filter(({ problem }) => problem).length).toBe(1);
  });

  it('is not slowed down by nothing but broken quotes', async () => {
    const start = performance.now();
    const rows = await read(`a,b\n${'1,"x\n'.repeat(20_000)}`);
    expect(rows.length).toBe(20_001);
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it('says what is wrong with a row that is too long', async () => {
    const [, long] = await read(`a\n${'x'.repeat(MAX_ROW + 1)}\n`);
    expect(long).toMatchObject({
      ...{ fields: [], problem: { code: 'R_ROW_SIZE', reason: 'the row is longer than 1 MiB' } },
    });
  });
});
