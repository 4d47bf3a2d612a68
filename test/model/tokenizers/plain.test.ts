import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identityOf, modelSpecSchema } from '../../../src/model/spec.ts';
import { tokenizerOf, tokensToCount } from '../../../src/model/tokenizer.ts';
import { stripHtml } from '../../../src/model/tokenizers/html.ts';
import { type PlainOptions, plainTokens } from '../../../src/model/tokenizers/plain.ts';

const none: PlainOptions = { lower_case: false, strip_html: false, drop_punctuation: false, drop_stop_words: false };
const tokens = (text: string, options: Partial<PlainOptions> = {}) => [...plainTokens(text, { ...none, ...options })];

describe('words, version 2', () => {
  it.each<[string, Partial<PlainOptions>, string]>([
    ["It wasn’t GOOD... 'so-so'!!!!", {}, "It wasn't GOOD ... ' so - so ' !!!"],
    ['It was GOOD.', { lower_case: true }, 'it was good .'],
    ['Bad<br /><br />Un<b>bear</b>able &amp; slow', {}, 'Bad < br / >< br / > Un < b > bear < / b > able & amp ; slow'],
    ['Bad<br /><br />Un<b>bear</b>able &amp; slow', { strip_html: true }, 'Bad Unbearable & slow'],
    ['Well, "fine" :-) 5*', { drop_punctuation: true }, 'Well fine 5'],
    ['The app is NOT very good but I can’t stop', { drop_stop_words: true }, "app NOT very good but can't stop"],
    ['no never nothing without isn’t nor', { drop_stop_words: true }, "no never nothing without isn't nor"],
    ['👍🏽👍🏽 👨‍👩‍👧 🇩🇪 cafe\u0301s हिन्दी', { drop_punctuation: true }, '👍🏽 👍🏽 👨‍👩‍👧 🇩🇪 cafe\u0301s हिन्दी'],
    ['The of', { drop_stop_words: true }, ''],
  ])('%j %j', (text, options, expected) => {
    const joined = tokens(text, options).join(' ');
    // Marks of different kinds are tokens of their own, however they are glued.
    expect(joined.replaceAll('> <', '><')).toBe(expected);
  });

  it('with everything dropped gives some of the tokens that it gives with nothing dropped', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        const all = tokens(text);
        const some = tokens(text, { drop_punctuation: true, drop_stop_words: true });
        let place = 0;
        for (const token of some) {
          place = all.indexOf(token, place) + 1;
          expect(place).toBeGreaterThan(0);
        }
        expect(all.every((token) => token !== '' && !/\s/.test(token))).toBe(true);
      }),
    );
  });

  it('takes long texts of one piece, which a pattern that tries everything would never end with', () => {
    for (const piece of ['<a ', '<', "a'", '<!--', '<a/', '👍\u200d'])
      expect(tokens(piece.repeat(50_000), { strip_html: true }).length).toBeLessThanOrEqual(150_000);
  });

  it('counts tokens of a text after dropping, and reads the same for vocabulary, n-grams and network', () => {
    const options = { ...none, lower_case: true, drop_stop_words: true };
    const tokenizer = { name: 'words', version: 2, reads: 'original', max_tokens: 2, ...options } as const;
    expect(tokensToCount(tokenizer, 'The film is the best film')).toEqual(['film', 'best', 'film']);
    const tokenize = tokenizerOf({ tokenizer, padding: { to: null, masked: true } }, ['<pad>', '<unk>', 'film']);
    expect([...tokenize('The film is the best film')]).toEqual([2, 1]);
    expect([...tokenize('the of')]).toEqual([1]);
    const of = { name: 'words', version: 2, ...options } as const;
    const ngrams = {
      name: 'ngrams',
      version: 1,
      of,
      reads: 'original',
      max_tokens: 9,
      words: 2,
      characters: null,
    } as const;
    expect(tokensToCount(ngrams, 'The best film is a best film')).toEqual(['best', 'best film', 'film', 'film best']);
  });
});

describe('stripHtml', () => {
  it.each([
    ['a<br/>b<p class="x">c</p>', 'a b c '],
    ['<!DOCTYPE html><!-- no -->x', '  x'],
    ['I <3 it, 1 < 2 > 0, <- no', 'I <3 it, 1 < 2 > 0, <- no'],
    ['&lt;br&gt; &eacute; &nosuch; AT&T ?a=1&copy=2', '<br> é &nosuch; AT&T ?a=1&copy=2'],
    ['so <em>very</em>', 'so very'],
    ['<img src=x', '<img src=x'],
  ])('%j', (text, stripped) => {
    expect(stripHtml(text)).toBe(stripped);
  });
});

describe('model.json', () => {
  const spec = (tokenizer: Record<string, unknown>) =>
    modelSpecSchema.parse({
      ...{ format: 1, name: 'x', title: 'X', labels: ['negative', 'positive'], padding: { to: null, masked: true } },
      network: {
        kind: 'rnn',
        layers: 1,
        bidirectional: false,
        embedding: 2,
        hidden: 2,
        pooling: 'last',
        vocabulary: 3,
        outputs: 1,
      },
      tokenizer: { name: 'words', reads: 'original', max_tokens: 5, ...tokenizer },
      ...{ weights_sha256: '0'.repeat(64), vocabulary_sha256: '1'.repeat(64) },
    });

  it('names a network by the options too, said or unsaid, and leaves version 1 as it was', () => {
    const hash = (tokenizer: Record<string, unknown>) => identityOf(spec(tokenizer)).networkSha256;
    expect(identityOf(spec({ version: 1 })).networkSpec).toContain(
      '"tokenizer":{"max_tokens":5,"name":"words","reads":"original","version":1}',
    );
    expect(hash({ version: 2 })).toBe(hash({ version: 2, strip_html: false, lower_case: true }));
    const hashes = [
      { version: 1 },
      { version: 2 },
      { version: 2, strip_html: true },
      { version: 2, lower_case: false },
    ];
    expect(new Set(hashes.map(hash)).size).toBe(4);
    expect(() => spec({ version: 1, strip_html: true })).toThrow(/strip_html/);
    expect(() => spec({ version: 3 })).toThrow();
  });
});
