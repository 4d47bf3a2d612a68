import { describe, expect, it } from 'vitest';
import { findTable, jsonHeader } from '../../src/ingest/dialect.ts';

describe('the header of a file', () => {
  const table = (text: string, settings: Parameters<typeof findTable>[2] = {}) => {
    const { delimiter, titles, columns, header } = findTable(text, true, settings);
    return [delimiter, titles, header.join('|'), typeof columns === 'string' ? columns : columns.width];
  };
  it.each([
    ['created_at,text\n1,2\n', [',', 0, 'created_at|text', 2]],
    ['created_at;text;x\n1;2;3\n', [';', 0, 'created_at|text|x', 3]],
    ['created_at\ttext\n1\t2\n', ['\t', 0, 'created_at|text', 2]],
    ['Report\n\nof 2026\ncreated_at,text\n1,2\n', [',', 2, 'created_at|text', 2]],
    ['sep=;\ncreated_at;text;a,b\n', [';', 1, 'created_at|text|a,b', 3]],
    [
      'when,what\n1,2\n',
      [',', 0, 'when|what', expect.stringContaining('known as created_at and none that is known as text')],
    ],
    ['when;what\n1;2\n', [';', 0, 'when|what', expect.any(String)]],
    ['', [expect.any(String), 0, '', 'the file is empty: it has no header']],
    [
      '"created_at"x,text\n',
      [',', 0, '', expect.stringMatching(/^the header is broken: a quoted field goes on after/)],
    ],
  ])('%j', (text, expected) => {
    expect(table(text)).toEqual(expected);
  });

  /** A header of three columns by comma and by semicolon. */
  const both = 'created_at;text;x,text,created_at\n';
  it.each([
    ['sep= by its mark', '\ufeffsep=;\r\ncreated_at;text,x\r\n1;2\r\n', ';'],
    ['sep= at the very start alone', 'x\nsep=;\ncreated_at,text;y,text\n1,2,3\n', ','],
    ['sep= without any CR', 'sep=|\ncreated_at|text,a,b,c\n', '|'],
    ['sep= where another would do', 'sep=;\ncreated_at;text,created_at,text\n1;2,3,4\n', ';'],
    ['sep= where another would do, marked', '\ufeffSEP=;\r\r\ncreated_at;text,created_at,text\n1;2,3,4\n', ';'],
    ['sep= of a delimiter that is none', 'sep=x\ncreated_at;text\n1;2\n', ';'],
    ['a known header before more rows that fit', 'created_at;text;a,b\n1;2;3\n4,5\n6,7\n', ';'],
    ['the rows, where several make a header', `${both}1,2,3\n`, ','],
    ['the rows, the other way round', `${both}1;2;3\n`, ';'],
    ['no title, where several make a header', `a,b,c\n${both}1;2;3\n`, ';'],
    ['the rows of several cells, where none is known', 'a;b\n1;2\nx\n', ';'],
    ['the rows, where none is known', 'a,b;c\n1;2\n3;4\n', ';'],
    ['the cells, where no row tells', 'a;b;c,d\n', ';'],
    ['the first, where nothing tells', 'a\n1\n', ','],
  ])('tells its delimiter by %s', (_, text, delimiter) => {
    expect(table(text)[0]).toBe(delimiter);
  });

  it('is told by a hundred rows, and not by its own', () => {
    expect(table(`${both}${'1;2;3\n'.repeat(100)}${'1,2,3\n'.repeat(200)}`)[0]).toBe(';');
    expect(table(`${both}${'1;2;3\n'.repeat(49)}${'1,2,3\n'.repeat(51)}`)[0]).toBe(',');
  });

  it('is looked for in six lines, and by the delimiter of the settings where there is one', () => {
    expect(table(`${'title\n'.repeat(5)}created_at,text\n`)[1]).toBe(5);
    expect(table(`${'title\n'.repeat(6)}created_at,text\n`)[3]).toMatch(/no column/);
    expect(table('created_at,text;x\n', { delimiter: ';' })[3]).toMatch(/no column/);
    expect(table('created_at,text\n1,2\n', { delimiter: ';' }).slice(0, 1)).toEqual([';']);
    expect(table('a,b\n', { columns: { created_at: 'a', text: 'b' } })[3]).toBe(2);
  });

  it('of JSON Lines is all names of its first thousand lines', () => {
    expect(jsonHeader('\ufeff{"a":1}\n\n{"b":{"c":"x"},"a":2}\nx\n{"cut":1', false)).toEqual(['a', 'b.c']);
    expect(jsonHeader('{"a":1}', false)).toEqual(['a']);
    expect(jsonHeader('{"a":1}\n{"b":1}', true)).toEqual(['a', 'b']);
    expect(jsonHeader('created_at,text\n', true)).toBeUndefined();
    expect(jsonHeader('', true)).toBeUndefined();
    expect(jsonHeader(' \n\t\n{"a":1}\n', true)).toEqual(['a']);
    expect(jsonHeader('{"a":1}\n{"b":1}', false)).toEqual(['a']);
    expect(jsonHeader('{"a":1}\n\ufeff{"b":1}\n', true)).toEqual(['a']);
    const lines = Array.from({ length: 1001 }, (_, index) => `{"n${index}":1}`).join('\n');
    expect(jsonHeader(lines, true)).toHaveLength(1000);
  });
});
