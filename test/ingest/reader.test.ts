import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { type Dialect, decode, readRows, recordsOf } from '../../src/ingest/reader.ts';
import { pieces, read, short } from './pieces.ts';

describe('reader', () => {
  it('numbers records and lines, drops a byte order mark and empty lines', async () => {
    expect(short(await read('\ufeffa,b\r\n1,"x\r\ny"\r\n\r\n2,z\r\n3,"q ""r"" s"'))).toEqual([
      [0, 1, ['a', 'b']],
      [1, 2, ['1', 'x\r\ny']],
      [2, 5, ['2', 'z']],
      [3, 6, ['3', 'q "r" s']],
    ]);
  });

  it('keeps the text of a record', async () => {
    expect((await read('a,b\n1,"x\n""y"""  \n2, z \n')).map(({ raw }) => raw)).toEqual([
      'a,b',
      '1,"x\n""y"""  ',
      '2, z ',
    ]);
  });

  it('has nothing to say about nothing', async () => {
    expect(await read('')).toEqual([]);
    expect(await read('\ufeff\n\r\n')).toEqual([]);
  });

  it('reads characters that lie across pieces', async () => {
    const content = `a,b\n${'é漢👩‍👧,"ü\n🇺🇸"\n'.repeat(50)}`;
    const whole = await read(content);
    for (const size of [1, 2, 3, 5, 7, 64]) expect(await read(content, size)).toEqual(whole);
    expect(whole[50]?.fields).toEqual(['é漢👩‍👧', 'ü\n🇺🇸']);
  });

  it('turns bytes that are not UTF-8 into U+FFFD', async () => {
    expect((await read(Buffer.from([0x61, 0x2c, 0xff, 0x0a])))[0]?.fields).toEqual(['a', '\ufffd']);
  });

  it('loses one line to a quote that is never closed', async () => {
    expect(short(await read('a,b\n1,"open\n2,x\n3,y\n'))).toEqual([
      [0, 1, ['a', 'b']],
      [1, 2, 'R_QUOTE'],
      [2, 3, ['2', 'x']],
      [3, 4, ['3', 'y']],
    ]);
  });

  it('loses one line to a quote that the next quoted field would close', async () => {
    const rows = await read('a,b\n1,"open\n2,"x, y"\n3,"say "what" now"\n4,z\n');
    expect(short(rows)).toEqual([
      [0, 1, ['a', 'b']],
      [1, 2, 'R_QUOTE'],
      [2, 3, ['2', 'x, y']],
      [3, 4, 'R_QUOTE'],
      [4, 5, ['4', 'z']],
    ]);
    expect(rows[1]?.raw).toBe('1,"open');
  });

  it('says what is wrong with a row', async () => {
    expect((await read('a,b\n1,"open\n'))[1]).toMatchObject({
      ...{ fields: [], raw: '1,"open' },
      problem: {
        code: 'R_QUOTE',
        reason: 'a quoted field goes on after its closing quote, or is never closed; quotes inside it must be doubled',
      },
    });
  });

  it.each([
    ['a,b\r\n', ['a', 'b']],
    ['a,b\r\r\n', ['a', 'b']],
    ['a,b\r', ['a', 'b']],
    ['a\r\n', ['a']],
    ['a,\r\n', ['a', '']],
    [',\r\r\n', ['', '']],
    ['a,"b"\r\n', ['a', 'b']],
    ['a,"b\r"\n', ['a', 'b\r']],
    ['a,"b\r"\r\n', ['a', 'b\r']],
    ['a\r,b\n', ['a\r', 'b']],
    ['a,b\rc\r\n', ['a', 'b\rc']],
    ['a,b \n', ['a', 'b ']],
  ])('%j is one record, without the CRs that end it', async (content, fields) => {
    for (const size of [1, 100]) {
      const rows = await read(`${content}${content.endsWith('\n') ? 'last\n' : ''}`, size);
      expect(rows[0]).toMatchObject({ row: 0, line: 1, fields, problem: undefined });
      expect(rows).toHaveLength(content.endsWith('\n') ? 2 : 1);
    }
  });

  it('drops the CR before another delimiter, too, and the one of a file whose lines end with it alone', async () => {
    const fieldsOf = async (content: string, dialect: Dialect) => {
      const rows: unknown[] = [];
      for await (const some of readRows(pieces(content, 3), dialect)) rows.push(...some.map(({ fields }) => fields));
      return rows;
    };
    const plain = { encoding: 'utf-8', newline: 'lf', delimiter: ';' } as const;
    expect(await fieldsOf('a,b;c\r\n;\r\n', plain)).toEqual([
      ['a,b', 'c'],
      ['', ''],
    ]);
    expect(await fieldsOf('a;b\rc;"d\re"\r', { ...plain, newline: 'cr' })).toEqual([
      ['a', 'b'],
      ['c', 'd\ne'],
    ]);
  });

  it('counts the lines of what it can not use', async () => {
    const rows = await read('a,b\n"1\n\n2",x\n3,"y"z\n\n4,"open\n5,w\n');
    expect(short(rows)).toEqual([
      [0, 1, ['a', 'b']],
      [1, 2, ['1\n\n2', 'x']],
      [2, 5, 'R_QUOTE'],
      [3, 7, 'R_QUOTE'],
      [4, 8, ['5', 'w']],
    ]);
  });

  it('takes the start of a text for whole records alone, unless it is the whole text', () => {
    const text = 'a,b\n1,2\n3,4';
    expect(recordsOf(text, ',', false).map(({ fields }) => fields)).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
    expect(recordsOf(text, ',', true)).toHaveLength(3);
    expect(recordsOf('a,b\n1,"2\n', ',', false)).toHaveLength(1);
    expect(recordsOf('a,b\n1,"2\n', ',', true)[1]?.problem?.code).toBe('R_QUOTE');
  });

  it('has text as soon as it is there, and U+FFFD for half a letter at the end', async () => {
    const textsOf = async (content: Uint8Array, newline: Dialect['newline']) => {
      const texts: string[] = [];
      for await (const text of decode(pieces(content, 4), { encoding: 'utf-8', newline })) texts.push(text);
      return texts;
    };
    expect(await textsOf(Buffer.from('\ufeffa,b\rc'), 'cr')).toEqual(['a', ',b\nc']);
    expect(await textsOf(Buffer.from([0x61, 0x0d, 0x0a, 0x62, 0xc3]), 'lf')).toEqual(['a\r\nb', '', '\ufffd']);
  });

  it('takes a quote inside an unquoted field as it is', async () => {
    expect(short(await read('a,b\n1,5" disk\n'))[1]).toEqual([1, 2, ['1', '5" disk']]);
  });

  it('reads what a CSV writer wrote, in pieces of any size', async () => {
    const field = fc.string({
      unit: fc.constantFrom(...'ab,"\n\r \t;\'=é漢👍\u0000\u2028&'.split(''), '👍', '\r\n'),
      maxLength: 12,
    });
    const table = fc.array(fc.tuple(field, field, field), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(
        table,
        fc.constantFrom('\n', '\r\n'),
        fc.integer({ min: 1, max: 40 }),
        async (records, newline, size) => {
          const csv = Papa.unparse(records, { newline, quotes: true });
          const rows = await read(csv, size);
          expect(rows.map(({ fields }) => fields)).toEqual(records.map((record) => record.map(wellFormed)));
          expect(rows.every(({ problem }) => problem === undefined)).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('accounts for every line of broken input, in pieces of any size the same', async () => {
    const content = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' '), maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(content, fc.integer({ min: 1, max: 50 }), async (text, size) => {
        const rows = await read(text);
        expect(await read(text, size)).toEqual(rows);
        expect(rows.map(({ row }) => row)).toEqual(rows.map((_, index) => index));
        // Nothing but line ends is missing from the records' own texts.
        const letters = (value: string): string => value.replace(/[\r\n]/g, '');
        expect(letters(rows.map(({ raw }) => raw).join(''))).toBe(letters(text));
      }),
      { numRuns: 1000 },
    );
  });
});

/** UTF-8 has no lone surrogates. */
function wellFormed(text: string): string {
  return text.toWellFormed();
}
