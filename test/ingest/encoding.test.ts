import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEncodingProbe } from '../../src/ingest/encoding.ts';

const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();
/** A text's UTF-8, and bytes after it. */
const bytes = (text: string, ...more: number[]) => Buffer.concat([Buffer.from(text), Buffer.from(more)]);

/** Pairs of letters, the first of which have a NUL in their first, or last, place. */
const pairs = (all: number, first: number, last: number) =>
  Buffer.from(
    Array.from({ length: all }, (_, n) => `${n < first ? '\0' : 'a'}${n >= all - last ? '\0' : 'a'}`).join(''),
  );

describe('the encoding of a file', () => {
  const found = (bytes: Uint8Array | string, piece = 1 << 20) => {
    const probe = createEncodingProbe();
    const all = Buffer.from(bytes);
    for (let at = 0; at < all.length; at += piece) probe.push(all.subarray(at, at + piece));
    return probe.result();
  };

  it.each<[string, Uint8Array | string, string, number]>([
    ['nothing', '', 'utf-8', 0],
    ['ASCII', 'plain', 'utf-8', 0],
    ['UTF-8 of each length', 'é – 😀 ߿ ￿ \u{10ffff}', 'utf-8', 0],
    ['more broken than kept after a mark of UTF-8', bytes('\ufeffa', 0xe9, 0x20, 0xe9, 0x20, 0xe9, 0x20), 'utf-8', 3],
    ['half a mark of UTF-8', bytes('', 0xef, 0xbb, 0x20), 'windows-1252', 0],
    ['a mark of UTF-16 before letters without NULs', Buffer.from('\ufeff漢字', 'utf16le'), 'utf-16le', 0],
    ['the same, big end first', utf16be('\ufeff漢字'), 'utf-16be', 0],
    ['what has only the end of a mark', bytes('A', 0xbb, 0xbf), 'windows-1252', 0],
    ['what lacks the middle of a mark', bytes('', 0xef, 0x20, 0xbf), 'windows-1252', 0],
    ['þ in second place', bytes('A', 0xfe), 'windows-1252', 0],
    ['ÿ in second place', bytes('A', 0xff), 'windows-1252', 0],
    ['þÿ that is no mark', bytes('', 0xfe, 0x20), 'windows-1252', 0],
    ['ÿ that is no mark', bytes('', 0xff, 0x20), 'windows-1252', 0],
    ['letters half of which are Latin, by their NULs', Buffer.from('ab漢字', 'utf16le'), 'utf-16le', 0],
    ['the same by their NULs, big end first', utf16be('ab漢字'), 'utf-16be', 0],
    ['a NUL in every fifth pair', pairs(10, 0, 2), 'utf-8', 0],
    ['a NUL in every fifth pair, big end first', pairs(10, 2, 0), 'utf-8', 0],
    ['NULs in more than every fifth pair', pairs(100, 1, 21), 'utf-16le', 0],
    ['NULs in more than every fifth pair, big end first', pairs(100, 21, 1), 'utf-16be', 0],
    ['NULs of which every fiftieth is in the other place', pairs(100, 2, 21), 'utf-8', 0],
    ['the same, big end first', pairs(100, 21, 2), 'utf-8', 0],
    ['nothing but NULs', Buffer.alloc(100), 'utf-8', 0],
    ['the first letters of two and three bytes', '£\u0080ࠀ', 'utf-8', 0],
    ['as much broken as kept, of three bytes', bytes('–', 0xe9, 0x20), 'windows-1252', 0],
    ['bytes of a letter’s inside', bytes('éééé', 0x80, 0x80, 0x41), 'utf-8', 2],
    ['what would be beyond Unicode', bytes('ééééé', 0xf5, 0x80, 0x80, 0x80), 'utf-8', 4],
    ['a letter that ASCII breaks off', bytes('éééé', 0xe9, 0x41, 0xa9, 0xa9), 'utf-8', 3],
    ['a mark of UTF-8, whatever follows', Buffer.concat([Buffer.from('\ufeffé'), Buffer.from([0xe9])]), 'utf-8', 1],
    ['a mark of UTF-16, little end first', Buffer.from('\ufeffé', 'utf16le'), 'utf-16le', 0],
    ['a mark of UTF-16, big end first', utf16be('\ufeffé'), 'utf-16be', 0],
    ['UTF-16 by its NULs', Buffer.from('created_at,text', 'utf16le'), 'utf-16le', 0],
    ['UTF-16 by its NULs, big end first', utf16be('created_at,text'), 'utf-16be', 0],
    ['Windows-1252', Buffer.from('caf\xe9', 'latin1'), 'windows-1252', 0],
    ['as much broken as kept', Buffer.concat([Buffer.from('é'), Buffer.from([0xe9, 0x20])]), 'windows-1252', 0],
    ['more kept than broken', Buffer.concat([Buffer.from('éé'), Buffer.from([0xe9, 0x20])]), 'utf-8', 1],
    ['cut within a letter', Buffer.concat([Buffer.from('éé'), Buffer.from([0xc3])]), 'utf-8', 1],
    ['a lead byte that none is', Buffer.concat([Buffer.from('ééé'), Buffer.from([0xc1, 0xf5])]), 'utf-8', 2],
    ['a lone byte of a letter’s inside', Buffer.concat([Buffer.from('éé'), Buffer.from([0x80, 0x41])]), 'utf-8', 1],
    [
      'a letter broken off by another',
      Buffer.concat([Buffer.from('éé'), Buffer.from([0xf0, 0x9f, 0xc3, 0xa9])]),
      'utf-8',
      1,
    ],
  ])('%s', (_, bytes, encoding, broken) => {
    for (const piece of [1, 2, 3, 1 << 20]) expect(found(bytes, piece)).toEqual({ encoding, broken });
  });

  it('is told by the NULs of the first 4,096 bytes alone', () => {
    const late = Buffer.concat([Buffer.alloc(4096, 'a'), Buffer.from('text'.repeat(900), 'utf16le')]);
    for (const piece of [4000, 1 << 20]) expect(found(late, piece).encoding).toBe('utf-8');
    expect(found(Buffer.concat([Buffer.from('ab'.repeat(40)), Buffer.alloc(9)])).encoding).toBe('utf-8');
  });
});

it('an encoding is found the same in pieces of any size', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (bytes, piece) => {
      const [whole, parts] = [createEncodingProbe(), createEncodingProbe()];
      whole.push(bytes);
      for (let at = 0; at < bytes.length; at += piece) parts.push(bytes.subarray(at, at + piece));
      expect(parts.result()).toEqual(whole.result());
    }),
  );
});
