import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { scoreOf } from '../../src/aggregate/day-stats.ts';
import { cleanText } from '../../src/ingest/text.ts';
import { loadModel, type Model } from '../../src/model/artifact.ts';
import { explainTexts, spansOf } from '../../src/model/explain.ts';
import { predictTexts } from '../../src/model/predict-texts.ts';
import type { TokenizerSpec } from '../../src/model/spec.ts';
import { tokenizerOf } from '../../src/model/tokenizer.ts';
import { inProcessPool } from '../support/in-process-pool.ts';
import { makeTinyClassifier } from '../support/tiny-classifier.ts';
import { makeTinyModel, WORDS } from '../support/tiny-model.ts';

let tiny: Model;
let score: (texts: readonly string[]) => Promise<Float64Array>;
beforeAll(async () => {
  tiny = await loadModel(await makeTinyModel(mkdtempSync(join(tmpdir(), 'monitor-'))));
  const pool = await inProcessPool(tiny.directory);
  score = (texts) => pool.score(texts, new AbortController().signal);
});

const cleaned = { version: 1, reads: 'cleaned', max_tokens: 100 } as const;
const TOKENIZERS: readonly TokenizerSpec[] = [
  { ...cleaned, name: 'words' },
  { ...cleaned, name: 'social' },
  { ...cleaned, name: 'ngrams', of: 'social', words: 2, characters: null },
];
const posts = fc.array(
  fc.oneof(
    fc.constantFrom(...WORDS, 'NOT', 'soooo', "don't", '#goodDay', '@anna', '😡', '😡', ':)', '!!!', ',', '...'),
    fc.constantFrom('&amp;', 'http://t.co/x', 'İo', 'ｇｏｏｄ', '1,000', 'donâ€™t', ' ', '\n'),
    fc.string({ unit: 'grapheme', maxLength: 4 }),
  ),
  { maxLength: 14 },
);

describe('explainTexts', () => {
  it('explains a classifier that came with its own tokeniser', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'monitor-'));
    const words = { good: [0, 3], late: [2, 0] };
    const model = await makeTinyClassifier(folder, { classes: ['negative', 'positive'], words });
    const pool = await inProcessPool(model.directory);
    const [explanation] = await explainTexts(model, ['good but late'], (texts) =>
      pool.score(texts, new AbortController().signal),
    );
    expect(explanation?.pieces.map(({ token, effect }) => [token, Math.sign(effect)])).toEqual([
      ['good', 1],
      ['but', 0],
      ['late', -1],
    ]);
    await pool.close();
  });

  it.each(TOKENIZERS)('gives every word its exact effect, in order, with $name', async (tokenizer) => {
    const model = { spec: { ...tiny.spec, tokenizer }, vocabulary: tiny.vocabulary };
    const tokenize = tokenizerOf(model.spec, model.vocabulary);
    // A network that is told apart by every id and its place, and costs nothing.
    const standIn = async (texts: readonly string[]) =>
      Float64Array.from(
        texts.flatMap((text) => {
          const sum = tokenize(text).reduce((total, id, place) => total + Math.sin(id * 7 + place), 0);
          const positive = 1 / (1 + Math.exp(-sum));
          return [(1 - positive) / 2, positive];
        }),
      );
    const scoreOfText = async (text: string) => {
      const [negative = 0, positive = 0] = await standIn([cleanText(text)]);
      return scoreOf(negative, positive);
    };
    await fc.assert(
      fc.asyncProperty(posts, async (words) => {
        const text = words.join(' ');
        const [explanation] = await explainTexts(model, [text], standIn);
        expect(explanation?.score).toBe(await scoreOfText(text));
        let end = 0;
        for (const piece of explanation?.pieces ?? []) {
          expect(piece.start).toBeGreaterThanOrEqual(end);
          end = piece.end;
          expect(piece.token).toBe(text.slice(piece.start, piece.end));
          expect(piece.token.trim()).not.toBe('');
          expect(Number.isFinite(piece.effect)).toBe(true);
          const without = `${text.slice(0, piece.start)} ${text.slice(piece.end)}`;
          expect(piece.effect).toBe((explanation?.score ?? 0) - (await scoreOfText(without)));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('gives 0 to what the network does not read, and lets nothing in from behind its limit', async () => {
    const model = {
      spec: { ...tiny.spec, tokenizer: { ...cleaned, name: 'words' as const, max_tokens: 6 } },
      vocabulary: tiny.vocabulary,
    };
    const asked: string[] = [];
    const [explanation] = await explainTexts(model, ['the app is not good a great best'], (texts) => {
      asked.push(...texts);
      return score(texts);
    });
    expect(asked).toHaveLength(7);
    for (const variant of asked.slice(1)) expect(variant).not.toContain('great');
    expect(explanation?.pieces.slice(6).map(({ token, effect }) => [token, effect])).toEqual([
      ['great', 0],
      ['best', 0],
    ]);
    expect(explanation?.pieces[4]?.effect).not.toBe(0);
    const [ignored] = await explainTexts(tiny, ['good &amp; — bad'], score);
    expect(ignored?.pieces.map(({ token }) => token)).toEqual(['good', '&amp;', '—', 'bad']);
    expect(ignored?.pieces.map(({ effect }) => effect === 0)).toEqual([false, true, true, false]);
  });

  it('agrees with predicting, and refuses what is too long', async () => {
    const texts = ['', 'not good', '😀'];
    const predicted = await predictTexts(tiny, texts, score);
    expect(await explainTexts(tiny, texts, score)).toMatchObject(predicted);
    const long = Array.from({ length: 500 }, (_, n) => `w${n}`).join(' ');
    const [most] = await explainTexts(tiny, [long], async (all) => new Float64Array(2 * all.length));
    expect([most?.pieces.length, most?.more]).toEqual([400, true]);
    await expect(explainTexts(tiny, ['x'.repeat(20_001)], score)).rejects.toMatchObject({ code: 'E_INPUT' });
  });
});

it('finds words, emoji, links and tags where they stand', () => {
  const social = TOKENIZERS[1] as TokenizerSpec;
  const parts = (text: string) => spansOf(text, social).map(({ start, end }) => text.slice(start, end));
  expect(parts('  SO good!!! @anna :) #bestDay t.co/x 😡😡 , no')).toEqual([
    ...['SO', 'good', '!!!', '@anna', ':)', '#bestDay', 't.co/x', '😡', '😡', 'no'],
  ]);
  expect(parts('ｇｏｏｄ day!')).toEqual(['ｇｏｏｄ', 'day!']);
});
