import { describe, expect, it } from 'vitest';
import { grownTerms } from '../../reports/terms.ts';

const repeated = (texts: readonly string[], times: number) =>
  Array.from({ length: times }, (_, index) => texts[index % texts.length] ?? '');

describe('grownTerms', () => {
  const before = repeated(['the flight was awful', 'Acme again so late', 'seat broken'], 90);

  it('finds what grew, a pair rather than its words, with the numbers behind it', () => {
    const now = [
      ...repeated(['Acme lost luggage at the airport', 'airport lost luggage, awful https://x.example/lost @acme'], 20),
      ...repeated(before, 40),
    ];
    const [first, ...rest] = grownTerms(now, before, ['Acme']);
    expect(first).toEqual({ term: 'lost luggage', now: 20, nowOf: 60, before: 0, beforeOf: 90 });
    // The pair "airport lost" shares a word with the first.
    expect(rest.map(({ term }) => term)).toEqual(['airport']);
  });

  it('finds nothing where nothing grew, and where there is nothing to compare', () => {
    expect(grownTerms(before, before, [])).toEqual([]);
    expect(grownTerms([], before, [])).toEqual([]);
    expect(grownTerms(before, [], [])).toEqual([]);
    expect(grownTerms(['new', 'new', 'new'], before, [])).toEqual([]);
  });
});
