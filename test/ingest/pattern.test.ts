import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { createMatcher } from '../../src/ingest/brands.ts';
import { compilePattern, patternProblem } from '../../src/ingest/pattern.ts';

const match = createMatcher(
  parseConfig(
    `brands:
  acme: { match: { any: ["@acme", { regex: 'acme\\s+air(lines)?\\b' }], none: [{ regex: 'acme\\s+air\\s+(guitar|drum)' }] } }
  straße: x`.replace('\n  straße: x', ''),
    '/x/monitor.yaml',
  ).brands,
);
const slugs = (text: string): string[] => match(text, '').map(({ slug }) => slug);

describe('regular expressions for brands', () => {
  it('find and exclude, beside words', () => {
    expect(slugs('I fly ACME  Airlines today')).toEqual(['acme']);
    expect(slugs('hello @Acme')).toEqual(['acme']);
    expect(slugs('acme airsoft')).toEqual([]);
    expect(slugs('an acme air guitar')).toEqual([]);
    expect(slugs('nothing')).toEqual([]);
  });

  it('know no case in any script', () => {
    expect(compilePattern('(été|straße|привет)')('ÉTÉ')).toBe(true);
    expect(compilePattern('привет')('ПРИВЕТ!')).toBe(true);
    expect(compilePattern('\\p{Greek}+')('αβγ')).toBe(true);
  });

  it('are told when they can not be used, and why', () => {
    expect(patternProblem('acme')).toBeUndefined();
    expect(patternProblem('^$')).toBe('also matches an empty text, and so every post');
    expect(patternProblem('a(')).toBe("can't be used as a regular expression: missing closing ): `a(`");
  });

  it.each(['(a+)+$', '(a|aa)+$', '(.*)*b$'])('%s does not run away', (pattern) => {
    const test = compilePattern(pattern);
    const start = performance.now();
    expect(test(`${'a'.repeat(50_000)}!`)).toBe(false);
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it.each([
    [
      "any: ['ok', { regex: '(' }]",
      /line 4: brands\.acme\.match\.any\[1\]\.regex can't be used as a regular expression: .*\(/,
    ],
    ["none: [{ regex: '(?=x)y' }]", /line 4: brands\.acme\.match\.none\[0\]\.regex can't be used/],
    ["any: [{ regex: 'a*' }]", /matches an empty text/],
    ["any: [{ regex: '' }]", /match\.any\[0\]\.regex must not be empty/],
    ["any: [{ regexp: 'a' }]", /match\.any\[0\] must be a word, mention or hashtag, or { regex: "…" }/],
    ['any: [7]', /match\.any\[0\] must be a word, mention or hashtag, or { regex: "…" }/],
  ])('%s is a mistake with its place', (line, message) => {
    expect(() => parseConfig(`brands:\n  acme:\n    match:\n      ${line}\n`, '/x/monitor.yaml')).toThrow(message);
  });
});
