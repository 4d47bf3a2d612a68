import { describe, expect, it } from 'vitest';
import { judgeFall, mayLeave, opinionText, readingOf, type SecondOpinion } from '../../src/alerts/second-opinion.ts';

const reading = (fast: number, accurate: number | null, standardError = 0.02) => ({
  ...{ fast, posts: 1000, accurate, standardError: accurate === null ? null : standardError, sample: 200 },
});
type Means = readonly [fast: number, accurate: number | null];
const judge = (window: Means, before: Means, standardError?: number) =>
  judgeFall({ window: reading(...window, standardError), before: reading(...before, standardError) });

describe('judgeFall', () => {
  it.each<[string, string, ...Parameters<typeof judge>]>([
    ['agrees', 'a fall that both see', [0.4, 0.42], [0.55, 0.56]],
    ['disagrees', 'a fall of the fast model alone', [0.35, 0.55], [0.55, 0.56]],
    ['disagrees', 'a small fall where the fast model sees a large one', [0.2, 0.51], [0.6, 0.56]],
    ['disagrees', 'a rise', [0.4, 0.7], [0.55, 0.56]],
    ['unsure', 'a fall that is less than chance', [0.5, 0.53], [0.55, 0.56]],
    ['unsure', 'samples too small to tell', [0.4, 0.45], [0.55, 0.56], 0.1],
    ['unsure', 'a sure fall that may be half of the other', [0.2, 0.41], [0.6, 0.6]],
    ['agrees', 'a fall of just the half of the other', [0, 0.25], [1, 0.75], 0],
    ['unsure', 'no change where there was none to see', [0.5, 0.5], [0.5, 0.5], 0],
    ['unknown', 'no figure', [0.4, null], [0.55, 0.56]],
    ['unknown', 'no figure of the weeks before', [0.4, 0.3], [0.55, null]],
  ])('%s: %s', (verdict, _name, ...means) => expect(judge(...means).verdict).toBe(verdict));

  it('says how far the figure changed, with both errors together', () => {
    // The errors are 0.03 and 0.04, so 0.05 together.
    const { change } = judgeFall({ window: reading(0.4, 0.4, 0.03), before: reading(0.6, 0.6, 0.04) });
    expect(change).toEqual({
      ...{ value: expect.closeTo(-0.2, 9), low: expect.closeTo(-0.2 - 0.0822427, 7) },
      high: expect.closeTo(-0.2 + 0.0822427, 7),
    });
    expect(judge([0.4, null], [0.55, 0.56])).toEqual({ verdict: 'unknown', change: null });
  });
});

describe('a set of posts', () => {
  /** So many readings of a text, each with these probabilities. */
  const said = (count: number, pNegative: number, pPositive: number) =>
    Array.from({ length: count }, () => ({
      ...{ pNegative, pPositive, predicted: pPositive >= 0.5 ? ('positive' as const) : ('negative' as const) },
    }));
  const posts = said(12, 0.3, 0.5).map((post, textId) => ({ ...post, textId }));
  // Two of the twelve texts could not be read.
  const of = new Map([...said(4, 0.2, 0.8), ...said(6, 0.7, 0.3)].entries());

  it.each([
    // The fast model's probability of positive goes with the accurate one's classes: 4 of 10. Their squared residuals
    // sum to 10 · 0.4 · 0.6 = 2.4, and to that come 0.25, over 8 · 10, times the sixth that was not read.
    ['positive_rate', { fast: 0.5, accurate: 0.4, standardError: Math.sqrt(2.65 / 80 / 6) }],
    // Scores: 0.5 + 0.5 · 0.2 each; 4 · 0.8 and 6 · 0.3, whose squared residuals sum to 0.6.
    ['mean_pos', { fast: 0.6, accurate: 0.5, standardError: Math.sqrt(0.85 / 80 / 6) }],
  ] as const)('is read by both models for %s; what could not be read is no part of the sample', (metric, figures) => {
    const reading = readingOf(metric, { posts, all: posts }, { of });
    expect(reading).toEqual({
      ...{ posts: 12, sample: 10, fast: expect.closeTo(figures.fast, 9) },
      accurate: expect.closeTo(figures.accurate, 9),
      standardError: expect.closeTo(figures.standardError, 9),
    });
    expect(readingOf(metric, { posts: [], all: [] }, { of })).toEqual({
      ...{ posts: 0, sample: 0, fast: 0, accurate: null, standardError: null },
    });
  });
});

describe('a mail', () => {
  const opinion: SecondOpinion = {
    ...{ verdict: 'agrees', model: 'social-accurate@12345678', metric: 'mean_pos' },
    ...{ window_from: 20, window_to: 22, before_from: 1, before_to: 19 },
    readings: { window: reading(0.41, 0.43), before: reading(0.55, 0.57) },
    ...{ change: { value: -0.14, low: -0.19, high: -0.09 }, problem: null, texts_read: 400, seconds: 5 },
  };

  it('says what both models say', () => {
    expect(opinionText(opinion)).toBe(
      'A more accurate model sees the fall too. It read 200 posts of 21–23 January and 200 of the weeks before, up to 20 January; that took 5.0 seconds. By its reading the sentiment went from 0.57 to 0.43; the everyday model says from 0.55 to 0.41.',
    );
    expect(opinionText({ ...opinion, verdict: 'disagrees', texts_read: 0 })).toMatch(
      /^A more accurate model does not see this fall; .*; it had read them before\. By/,
    );
    expect(opinionText({ ...opinion, readings: null, verdict: 'unknown', problem: 'out_of_time' })).toBe(
      'No more accurate model could be asked: the time was up before enough posts were read.',
    );
    expect(opinionText({ ...opinion, readings: null, problem: 'failed' })).toBe(
      'No more accurate model could be asked: it stopped with an error.',
    );
    expect(opinionText({ ...opinion, verdict: 'unknown', problem: 'too_few_posts' })).toBe(
      'No more accurate model could be asked: there are too few posts to compare.',
    );
  });

  it('leaves unless agreement is required and not given', () => {
    const leaves = (verdict: SecondOpinion['verdict']) => mayLeave({ ...opinion, verdict }, true);
    expect([leaves('agrees'), leaves('unknown'), leaves('unsure'), leaves('disagrees')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(mayLeave({ ...opinion, verdict: 'disagrees' }, false)).toBe(true);
  });
});
