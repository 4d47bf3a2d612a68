import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyHash, essenceOf, slowEssence } from '../../src/ingest/copies.ts';

describe('copies', () => {
  it.each([
    ['Acme is late again', 'RT @bert: Acme is late again'],
    ['Acme is late again', '@acme acme IS late, again! https://t.co/x1'],
    ['😡😡', '😡😡'],
  ])('%j and %j are copies', (a, b) => {
    expect(copyHash(a)).toEqual(copyHash(b));
  });

  it.each([
    ['Acme is late again', 'Acme is not late again'],
    ['😡', '😀'],
    ['https://t.co/a', 'https://t.co/b'],
    ['artist', 'ist'],
  ])('%j and %j are not', (a, b) => {
    expect(copyHash(a)).not.toEqual(copyHash(b));
  });

  it('have an essence that is read fast and means the same as its definition', () => {
    const part = fc.oneof(
      ...[fc.string({ unit: 'binary', maxLength: 3 }), fc.string({ unit: 'grapheme', maxLength: 3 })],
      fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
      fc.constantFrom(
        'rt',
        'RT',
        '@',
        '@a_1',
        '_',
        ' ',
        'http',
        'https://',
        'HTTP://é',
        ':',
        's',
        '\u00a0',
        'ß',
        'İ',
        'ΑΣ',
      ),
      fc.constantFrom('😡', '🄀', '🯰', '\ud83c', '\udf00', '𐐀', '①', 'é', 'Ж', '\u212a', '\u3000', '五', 'x'),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        expect(essenceOf(text)).toBe(slowEssence(text));
      }),
      { numRuns: 400 },
    );
    const long = 'RT @a: Ärger '.repeat(500);
    expect(essenceOf(long)).toBe(slowEssence(long));
  });

  it('are told of every character', () => {
    for (let code = 0; code <= 0x10ffff; code += code < 0x3000 || (code >= 0x1f000 && code < 0x1fc00) ? 1 : 97) {
      const text = `a${String.fromCodePoint(code)}b`;
      if (essenceOf(text) !== slowEssence(text)) expect(essenceOf(text), code.toString(16)).toBe(slowEssence(text));
    }
  });
});
