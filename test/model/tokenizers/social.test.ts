import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokenizerOf, tokensToCount } from '../../../src/model/tokenizer.ts';
import { socialTokens } from '../../../src/model/tokenizers/social.ts';

const tokenizer = { name: 'social', version: 1, reads: 'cleaned', max_tokens: 8 } as const;
const padding = { to: null, masked: true };

describe('social, version 1', () => {
  it.each([
    // Links, mentions, numbers.
    ['see http://t.co/a?b=c, www.x.com or t.co/x1', 'see <url> <url> or <url>'],
    ['the end.Next a.b {link}', 'the end next a b <url>'],
    ['RT @Bob_1: a@b.com', 'rt <user> a b com'],
    ['10:30, 1,000.50 and 24/7. 2nd 4k ½', '<number> <number> and <number> 2nd 4k <number>'],
    // Hashtags.
    ['#WorldCup2014 #FAIL #iPhone', '<hashtag> world cup <number> <hashtag> fail <hashtag> iphone'],
    ['#ILoveYou #BBCNews #so_good', '<hashtag> i love you <hashtag> bbc news <hashtag> so good'],
    ['# alone #', 'alone'],
    // Contractions: a negation is always n't.
    ["I don't, don’t, don`t, dont", "i do n't do n't do n't do n't"],
    ["can't WON'T shan't ain't cannot", "can n't <allcaps> will n't shall n't is n't can not"],
    ["it's we've I'm you'd they'll", "it 's we 've i 'm you 'd they 'll"],
    ["do n't O'Brien's o'clock 'quoted'", "do n't o brien 's o clock quoted"],
    // How it is said.
    ['SOOO good', '<allcaps> soo <elong> good'],
    ['looove it, goood', 'loove <elong> it good <elong>'],
    ['hahahaha lololol HEHEHE', 'haha lol <allcaps> hehe'],
    ['I AM SO angry, USA', 'i <allcaps> am so angry <allcaps> usa'],
    ['no!!! why?! ok?', 'no ! <repeat> why ? ! ok ?'],
    ['well... hm… end.', 'well ... hm ... end'],
    // Emoticons: one spelling for each.
    [':) :-)) =] (: (-:', ':) :) :) :) :)'],
    [":( sad:( ):  :'( ;-) =D xD XD :P", ":( sad :( :( :'( ;) :D xD xD :p"],
    ['<3 </3 ^_^ -_- o_O :/ :*', '<3 </3 ^_^ -_- o_o :/ :*'],
    ['re:D note:Done (a) 3:1 http://x', 're d note done a <number> <url>'],
    // Emoji as people see them.
    ['👍🏽👍 ❤️ ♥ 🤷‍♀️🤷‍♂️', '👍 <repeat> ❤ <repeat> 🤷 <repeat>'],
    ['😂😂😂😂 so 😂😭', '😂 <repeat> so 😂 😭'],
    ['👨‍👩‍👧 🇩🇪🇫🇷', '👨‍👩‍👧 🇩🇪 🇫🇷'],
    // Other alphabets, and letters dressed up.
    ['𝓵𝓸𝓿𝓮 ＬＯＶＥ 東京です हिन्दी café', 'love <allcaps> love 東京です हिन्दी café'],
    ['', ''],
    ['"…" (—) \ud83d', '...'],
  ])('%j', (text, tokens) => {
    expect(socialTokens(text).join(' ')).toBe(tokens);
  });

  it('takes any text, gives the same again and no token that breaks a line', () => {
    const piece = fc.constantFrom(
      'a',
      'A',
      'oooo',
      "'",
      '’',
      '@',
      '#',
      ':',
      ')',
      '-',
      '!',
      '?',
      '.',
      '/',
      '1',
      ' ',
      '_',
      'http',
      'www',
      '://',
      'n',
      't',
      '<3',
      '😂',
      '\u200d',
      '\ufe0f',
      '\ud83d',
      '🏽',
      '🇩',
      'é',
      '\u0301',
      'İ',
      '東',
      '{link}',
      '\n',
      '💙',
      'ß',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 20 }), (given, limit) => {
        const all = socialTokens(given);
        for (const token of all) expect(token).toMatch(/^\S+$/u);
        expect(all.length).toBeLessThanOrEqual(3 * given.length);
        expect(socialTokens(given, limit)).toEqual(all.slice(0, limit));
      }),
      { numRuns: 500 },
    );
  });

  it('takes time in proportion to the length of any text', () => {
    const seeds = [
      'a',
      "a'",
      "''b",
      'A.b',
      ':-',
      '!?',
      '😂',
      '👩\u200d',
      '#aB',
      '@',
      'ha',
      '1.',
      '((',
      '{link',
      'www.',
      'h://',
      'İ',
    ];
    for (const seed of seeds) {
      const timeOf = (units: number) => {
        const text = seed.repeat(Math.ceil(units / seed.length));
        const start = performance.now();
        socialTokens(text);
        return performance.now() - start;
      };
      // Quadratic time would take half a minute here.
      expect(timeOf(300_000), seed).toBeLessThan(3_000);
    }
  });
});

describe('tokenizerOf social', () => {
  it('reads a drawn-out word as its commoner spelling', () => {
    const words = ['<pad>', '<unk>', 'so', 'good', 'soo', 'god', '<elong>'];
    const tokenize = tokenizerOf({ tokenizer, padding }, words);
    expect([...tokenize('sooooo gooood')]).toEqual([2, 6, 3, 6]);
    expect([...tokenize('neverrrr')]).toEqual([1, 6]);
    expect([...tokenize('---')]).toEqual([1]);
    expect([...tokenize('so '.repeat(20))]).toHaveLength(8);
  });

  it('leaves drawn-out words out of the count', () => {
    expect(tokensToCount({ name: 'social', version: 1, reads: 'cleaned', max_tokens: 80 }, 'sooo good')).toEqual([
      '<elong>',
      'good',
    ]);
    expect(tokensToCount({ name: 'words', version: 1, reads: 'cleaned', max_tokens: 80 }, 'Sooo good')).toEqual([
      'sooo',
      'good',
    ]);
  });
});
