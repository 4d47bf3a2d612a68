import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyHash, essenceOf, fastEssence, slowEssence } from '../../src/ingest/copies.ts';
import { hash16 } from '../../src/ingest/identity.ts';

describe('copies', () => {
  it.each([
    ['Acme is late again', 'RT @bert: Acme is late again'],
    ['Acme is late again', '@acme acme IS late, again! https://t.co/x1'],
    ['😡😡', '😡😡'],
    ['ΑΣ is late!', 'ας is late'],
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

  it.each([
    ['RT @a: Ärger mit Acme!', 'ärger mit acme'],
    ['İstanbul @a', 'i stanbul'],
    ['😡 HTTP://X', '😡 http://x'],
    ['!'.repeat(5000), '!'.repeat(5000)],
    ['𐐀 @a', '𐐨'],
  ])('%j has the hash of %j, which is kept in databases', (text, hashed) => {
    expect(copyHash(text)).toEqual(hash16(hashed));
  });

  it.each([
    ['rt x', 'x'],
    ['  RT: x', 'x'],
    ['rt', ''],
    ['r t', 'r t'],
    ['rtx y', 'rtx y'],
    ['rtz y', 'rtz y'],
    ['rt0 y', 'rt0 y'],
    ['rt9 y', 'rt9 y'],
    ['rt_ y', 'rt y'],
    ['rt@a y', 'y'],
    ['rthttp://x y', 'y'],
    ['@a https://b rt y', 'y'],
    ['x rt y', 'x rt y'],
    ['xt y', 'xt y'],
    ['rx y', 'rx y'],
    ['@ x', 'x'],
    ['@ rt x', 'rt x'],
    ['http:// rt x', 'http rt x'],
    ['@z0_9a x', 'x'],
    ['a@b_1 x', 'a x'],
    ['a@bé', 'a é'],
    ['http:// x', 'http x'],
    ['https://', 'https'],
    ['https//x', 'https x'],
    ['httpss://x', 'httpss x'],
    ['HTTP://é x', 'x'],
    ['ΑΣ', 'ας'],
    ['🄀 🯰 😀🥳a', '🄀 🯰 a'],
    ['🌀🏿🤀🮯', ''],
    ['a\u0080b\u07eac\u0800', 'a b\u07eac\u0800'],
    ['五 Ж é', '五 ж é'],
  ])('%j is %j without what copies differ in', (text, essence) => {
    expect(essenceOf(text)).toBe(essence);
    expect(slowEssence(text)).toBe(essence);
  });

  it.each([
    ['RT @Acme: Ärger, 5 € für 漢字! https://t.co/x', 'ärger 5 für 漢字'],
    ['so 😡🐀🦀🌀🮯 late', 'so late'],
    ['x'.repeat(4096), 'x'.repeat(4096)],
    ['x'.repeat(4097), undefined],
    ['ΑΣ', undefined],
    ['İ', undefined],
    ['𐐀', undefined],
    ['x🄀', undefined],
    ['x🇩🇪', undefined],
    ['x\u{1fbb0}', undefined],
    ['x\ud83c', undefined],
  ])('%j is read fast as %j, or by the definition', (text, essence) => {
    fastEssence('x🌀');
    expect(fastEssence(text)).toBe(essence);
  });

  it('have an essence that nothing of the text before gets into', () => {
    for (const text of [
      'rt @a_1z https://t.co/x1 y',
      '@abc9_ d',
      'rtx',
      'https://x y z',
      'http://é rt b',
      '  rt rt  c',
      '🌀🄀',
    ])
      for (let length = 0; length <= text.length; length += 1) {
        const start = text.slice(0, length);
        essenceOf(text);
        expect(essenceOf(start), start).toBe(slowEssence(start));
      }
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
