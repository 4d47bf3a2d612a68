import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanField, cleanText } from '../../src/ingest/text.ts';

describe('cleanText', () => {
  it.each([
    ['plain words', 'plain words'],
    ['  outer blanks\t\n', 'outer blanks'],
    ['a &amp; b', 'a & b'],
    ['a &amp;amp; b', 'a & b'],
    ['a &amp;amp;amp; b', 'a &amp; b'],
    ['&lt;3 &#39;so&#x27; &quot;good&quot;', '<3 \'so\' "good"'],
    ['link ?a=1&copy=2&amp;b=3', 'link ?a=1&copy=2&b=3'],
    ['AT&T', 'AT&T'],
    ['a\0b\u0007c\u007fd', 'abcd'],
    ['a\tb', 'a b'],
    ['a\u000bb\u000cc', 'a b c'],
    ['\u000bplain\u000c', 'plain'],
    ['one\r\ntwo\rthree\nfour\u2028five', 'one\ntwo\nthree\nfour\nfive'],
    ['it\u0092s \u0093fine\u0094\u0085', 'it’s “fine”…'],
    ['\u0080 \u009f', '€ Ÿ'],
    ['x\u0081y\u0090z', 'xyz'],
    ['&#146;&#150;', '’–'],
    ['cafe\u0301', 'café'],
    ['lost \ufffd stays, lone \ud800 too', 'lost \ufffd stays, lone \ud800 too'],
    ['👩‍👩‍👧 🇺🇸', '👩‍👩‍👧 🇺🇸'],
    ['&nbsp;&#0;&#9;', '\ufffd'],
    [' \u0000\u00a0\t', ''],
  ])('makes %j into %j', (original, cleaned) => {
    expect(cleanText(original)).toBe(cleaned);
  });

  it('leaves no control characters and no outer blanks, and changes nothing the second time but entities', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (original) => {
        const cleaned = cleanText(original);
        expect(cleaned).not.toMatch(/[^\P{Cc}\n]/u);
        expect(cleaned).toBe(cleaned.trim());
        if (!cleaned.includes('&')) expect(cleanText(cleaned)).toBe(cleaned);
      }),
    );
  });
});

describe('cleanField', () => {
  it('is null for nothing', () => {
    expect(cleanField(undefined)).toBeNull();
    expect(cleanField(' \0 ')).toBeNull();
    expect(cleanField(' 12\u00003 ')).toBe('123');
    expect(cleanField('')).toBeNull();
    expect(cleanField(' a b ')).toBe('a b');
  });
});
