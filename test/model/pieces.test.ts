import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokenizerOf } from '../../src/model/tokenizer.ts';
import { commonPieces, piecesOf } from '../../src/model/tokenizers/pieces.ts';
import { buildVocabulary } from '../../src/model/training/build-vocabulary.ts';
import { formatVocabulary, parseVocabulary, UNKNOWN_ID } from '../../src/model/vocabulary.ts';

const social = { name: 'social', version: 2, reads: 'cleaned', max_tokens: 8 } as const;
const padding = { to: null, masked: true } as const;

describe('pieces of words', () => {
  it('counts what words are made of, beginnings and ends marked', () => {
    const pieces = commonPieces(
      [
        ['going', 2],
        ['doing', 9],
        ['ok1', 50],
      ],
      3,
    );
    expect(pieces).toEqual(['\toing$', '\toing', '\ting$']);
  });

  it('cuts a word from its beginning on, the longest piece first', () => {
    const known = new Set(['\t^un', '\t^unh', '\tappy$', '\tapp']);
    expect(piecesOf('unhappy', (piece) => known.has(piece))).toEqual(['\t^unh', '\tappy$']);
    expect(piecesOf('xyz', (piece) => known.has(piece))).toEqual([]);
    expect(piecesOf('un1', () => true)).toEqual([]);
  });

  it('gives at most five pieces, whatever the word, none of them half a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (word) => {
        const pieces = piecesOf(word, () => true);
        expect(pieces.length).toBeLessThanOrEqual(5);
        for (const piece of pieces) expect(piece.isWellFormed()).toBe(true);
      }),
    );
  });
});

describe('version 2 of the tokeniser social', () => {
  const texts = ['the unhappy crew', 'the unhappy crew', 'happily the crew was unlucky'];
  const vocabulary = buildVocabulary(texts, { tokenizer: social, vocabulary: { size: 3, min_count: 2, pieces: 200 } });
  const tokenize = tokenizerOf({ tokenizer: social, padding }, vocabulary);
  const words = (text: string) => [...tokenize(text)].map((id) => vocabulary[id]);

  it('reads unknown words in known pieces, and known ones whole', () => {
    expect(words('the crew')).toEqual(['the', 'crew']);
    expect(words('unhappily')).toEqual(['\t^unhap', '\tpily$']);
    expect([...tokenize('zvx')]).toEqual([UNKNOWN_ID]);
  });

  it('stops at the limit within a word', () => {
    expect(words('unhappily unhappily unhappily unhappily unhappily')).toHaveLength(8);
  });

  it('has a vocabulary that can be written and read', () => {
    expect(parseVocabulary(new TextEncoder().encode(formatVocabulary(vocabulary)), 'vocab.json')).toEqual(vocabulary);
  });

  it('reads known words as version 1 does', () => {
    const first = tokenizerOf({ tokenizer: { ...social, version: 1 }, padding }, vocabulary);
    for (const text of texts) expect([...tokenize(text)].length).toBeGreaterThanOrEqual([...first(text)].length);
    expect([...first('unhappily the')]).toEqual([UNKNOWN_ID, vocabulary.indexOf('the')]);
  });
});
