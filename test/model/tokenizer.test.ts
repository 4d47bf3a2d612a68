import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokenizerOf, wordsOf } from '../../src/model/tokenizer.ts';

const tokenizer = { name: 'words', version: 1, reads: 'original', max_tokens: 4 } as const;
const vocabulary = ['<pad>', '<unk>', 'the', 'film'];

describe('words', () => {
  // Expected values are those of Python 3.11: re.findall(r'\b\w+\b', text.lower()).
  it.each([
    ['It\'s NOT "so-so"!', ['it', 's', 'not', 'so', 'so']],
    ['@Acme_Air #fail2day', ['acme_air', 'fail2day']],
    ['x² ½ Ⅷ ٣ 東京です', ['x²', '½', 'ⅷ', '٣', '東京です']],
    // Combining marks are not letters: decomposed é, Hindi vowel signs and virama, and the dot of İ split a word.
    ['cafe\u0301s', ['cafe', 's']],
    ['हिन्दी', ['ह', 'न', 'द']],
    ['İstanbul', ['i', 'stanbul']],
    ['ΟΔΟΣ straße', ['οδος', 'straße']],
    ['a\u200db 👍🏽 𝒳𝒴', ['a', 'b', '𝒳𝒴']],
    ['don’t‿stop', ['don', 't', 'stop']],
    ['', []],
    ['!? …', []],
  ])('%j', (text, words) => {
    expect([...wordsOf(text)]).toEqual(words);
  });
});

describe('tokenizerOf', () => {
  it('gives known words their ids, others <unk>, and stops at max_tokens', () => {
    const tokenize = tokenizerOf({ tokenizer, padding: { to: null, masked: true } }, vocabulary);
    expect([...tokenize('The film, the FILM of films')]).toEqual([2, 3, 2, 3]);
    expect([...tokenize('films')]).toEqual([1]);
  });

  it('gives a text without words one <unk> where padding is masked, and nothing where the padding is read', () => {
    expect([...tokenizerOf({ tokenizer, padding: { to: null, masked: true } }, vocabulary)('…')]).toEqual([1]);
    expect([...tokenizerOf({ tokenizer, padding: { to: 4, masked: false } }, vocabulary)('…')]).toEqual([]);
  });

  it('takes any text', () => {
    const tokenize = tokenizerOf({ tokenizer, padding: { to: null, masked: true } }, vocabulary);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const ids = tokenize(text);
        expect(ids.length).toBeGreaterThan(0);
        expect(ids.length).toBeLessThanOrEqual(4);
        expect(ids.every((id) => id >= 1 && id < vocabulary.length)).toBe(true);
      }),
    );
  });
});
