import { describe, expect, it } from 'vitest';
import { namedValues, readJsonLines } from '../../src/ingest/json-lines.ts';
import type { RawRow } from '../../src/ingest/reader.ts';

describe('JSON Lines', () => {
  async function* texts(text: string, piece: number) {
    for (let at = 0; at < text.length; at += piece) yield text.slice(at, at + piece);
  }
  async function read(text: string, header = ['a', 'b.c'], piece = 7) {
    const rows: RawRow[] = [];
    for await (const some of readJsonLines(texts(text, piece), header)) {
      expect(some.length).toBeGreaterThan(0);
      rows.push(...some);
    }
    return rows;
  }

  it('are taken apart by names', () => {
    expect(namedValues('{"a":null,"b":"","c":0,"d":false,"e":[1,{"x":2}],"f":{"g":{"h":{"i":1}}}}')).toEqual([
      ['c', '0'],
      ['d', 'false'],
      ['e', '[1,{"x":2}]'],
      ['f.g.h', '{"i":1}'],
    ]);
    expect(namedValues('{"id":12345678901234567890,"n":1234567890123456,"f":0.1234567890123456789}')).toEqual([
      ['id', '12345678901234567890'],
      ['n', '1234567890123456'],
      ['f', '0.1234567890123456789'],
    ]);
    expect(namedValues('{"half":"\\ud83d"}')).toEqual([['half', '\ufffd']]);
    for (const line of ['[1]', '1', 'null', '"x"', '{"a"', '']) expect(namedValues(line), line).toBeUndefined();
  });

  it('become rows, whatever the pieces they come in', async () => {
    const text = '{"a":1}\r\n\n{"b":{"c":"x"},"z":2}\n [] \n{"a":"last"}';
    const rows = [
      { row: 1, line: 1, raw: '{"a":1}', fields: ['1', ''], problem: undefined },
      { row: 2, line: 3, raw: '{"b":{"c":"x"},"z":2}', fields: ['', 'x'], problem: undefined, surplus: [['z', '2']] },
      { row: 3, line: 4, raw: ' [] ', fields: [], problem: { code: 'R_JSON', reason: 'the line is no JSON object' } },
      { row: 4, line: 5, raw: '{"a":"last"}', fields: ['last', ''], problem: undefined },
    ];
    for (const piece of [1, 2, 7, 1000]) expect(await read(text, undefined, piece)).toEqual(rows);
  });

  it('keep their numbers when one of them is long', () => {
    expect(
      namedValues('{"s":"x","id":12345678901234567890,"n":1.50,"big":1e3,"ok":true,"list":[12345678901234567890]}'),
    ).toEqual([
      ['s', 'x'],
      ['id', '12345678901234567890'],
      ['n', '1.50'],
      ['big', '1000'],
      ['ok', 'true'],
      ['list', '["12345678901234567890"]'],
    ]);
  });

  it('may end in several CRs, hold one, and have lines of blanks between them', async () => {
    expect((await read('{"a":1}\r\r\n \t\r\n{"a":\r2}\n')).map(({ line, raw, fields }) => [line, raw, fields])).toEqual(
      [
        [1, '{"a":1}', ['1', '']],
        [3, '{"a":\r2}', ['2', '']],
      ],
    );
    expect((await read('{"a":\r2}\r')).map(({ raw }) => raw)).toEqual(['{"a":\r2}']);
  });

  it('that are nothing but CRs before their last sign are read at once, not in hours', async () => {
    const line = `${'\r'.repeat(1 << 19)}x`;
    const [row] = await read(`${line}\r\r\n`, ['a'], 1 << 20);
    expect(row?.raw === line).toBe(true);
  });

  it('may be as long as a row can be, and no longer', async () => {
    const line = `{"a":"${'x'.repeat((1 << 20) - 8)}"}`;
    expect(line).toHaveLength(1 << 20);
    for (const piece of [1 << 18, 1 << 21]) {
      expect((await read(line, ['a'], piece))[0]?.problem).toBeUndefined();
      expect((await read(`${line} `, ['a'], piece))[0]).toMatchObject({
        problem: { code: 'R_ROW_SIZE', reason: 'the row is longer than 1 MiB' },
      });
    }
  });

  it('that are longer than a row can be are rejected, and what follows is read', async () => {
    const [long, next] = await read(`{"a":"${'x'.repeat(1 << 20)}"}\n{"a":2}\n`, ['a'], 1 << 18);
    expect(long).toMatchObject({ row: 1, fields: [], problem: { code: 'R_ROW_SIZE' } });
    expect(long?.raw).toHaveLength(1 << 20);
    expect(next).toMatchObject({ row: 2, line: 2, fields: ['2'] });
  });
});
