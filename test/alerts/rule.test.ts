import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { defaultRule, isSentimentRule, rulesOf, shownRule, type ThresholdRule } from '../../src/alerts/rule.ts';
import { configSchema } from '../../src/config/schema.ts';

function rules(settings: Record<string, unknown>) {
  return rulesOf(configSchema.parse(settings));
}

describe('rules of a config', () => {
  it('takes names, limits and teams', () => {
    const [rule] = rules({
      brands: { acme: { name: 'Acme', team: 'care', alerts: [{ metric: 'positive_rate', below: 0.4, min_posts: 5 }] } },
      teams: { care: { to: ['care@acme.example'] } },
    });
    expect(rule).toMatchObject({
      brandSlug: 'acme',
      brandName: 'Acme',
      metric: 'positive_rate',
      below: 0.4,
      recoverAbove: 0.4,
      minPosts: 5,
      team: 'care',
    });
    expect(rule?.ruleId).toMatch(/^acme:positive_rate:[0-9a-f]{8}$/);
  });

  it('gives a brand that says nothing the default rule, without a team', () => {
    expect(rules({ brands: { acme: {} } })).toMatchObject([
      { brandName: 'acme', metric: 'mean_pos', below: 0.45, recoverAbove: 0.45, minPosts: 30, team: null },
    ]);
  });

  it('names a rule by everything that decides, and by nothing else', () => {
    const idOf = (alert: Record<string, unknown>, rest: Record<string, unknown> = {}) =>
      rules({ ...rest, brands: { acme: { alerts: [alert] } } })[0]?.ruleId;
    const id = idOf({ below: 0.45 });
    expect(idOf({ below: 0.45, recover_above: 0.45 })).toBe(id);
    expect(idOf({ below: 0.45 }, { time_zone: 'Europe/Berlin' })).toBe(id);
    const others = [
      idOf({ below: 0.44 }),
      idOf({ below: 0.45, recover_above: 0.5 }),
      idOf({ below: 0.45, min_posts: 31 }),
      idOf({ below: 0.45 }, { window: 7 }),
      idOf({ below: 0.45 }, { smoothing: 'rows' }),
      idOf({ below: 0.45 }, { min_posts_per_day: 2 }),
      idOf({ below: 0.45, confidence: 0.9 }),
      idOf({ below: 0.45, confidence: 0.8 }),
      idOf({ below: 0.45, for: 2 }),
      idOf({ below: 0.45, for: 3 }),
    ];
    expect(new Set([id, ...others]).size).toBe(11);
    // Averages are what a baseline looks at; a rule on the number of posts has none.
    const rows = { smoothing: 'rows' };
    expect(idOf({ type: 'baseline' }, rows)).not.toBe(idOf({ type: 'baseline' }));
    expect(idOf({ type: 'baseline' })).not.toBe(idOf({ type: 'baseline', days: 35 }));
    expect(idOf({ type: 'volume' }, rows)).toBe(idOf({ type: 'volume' }));
    expect(idOf({ type: 'volume' })).not.toBe(idOf({ type: 'volume', times: 4 }));
  });

  it('keeps the names of the rules of earlier versions, whose history goes on', () => {
    const first = { metric: 'mean_pos', below: 0.45, recover_above: 0.5, min_posts: 30 };
    const rest = { smoothing: 'calendar', window: 3, min_posts_per_day: 1 };
    const nameOf = (added: object) =>
      `acme:mean_pos:${createHash('sha256')
        .update(JSON.stringify({ ...first, ...rest, ...added }))
        .digest('hex')
        .slice(0, 8)}`;
    const idOf = (added: object) =>
      rules({ brands: { acme: { alerts: [{ ...first, ...added }] } } }).map(({ ruleId }) => ruleId);
    expect(idOf({})).toEqual([nameOf({})]);
    expect(idOf({ for: 2 })).toEqual([nameOf({ for: 2 })]);
    expect(idOf({ confidence: 0.9 })).toEqual([nameOf({ confidence: 0.9 })]);
    expect(idOf({ repeat_every: 3 })).toEqual([nameOf({})]);
  });

  it('keeps a brand’s mails back at its own times and at those of all brands', () => {
    const all = { weekdays: ['sunday'], dates: [] };
    const own = { weekdays: [], dates: ['2026-12-24'] };
    const muteOf = (mute?: unknown) =>
      rules({ alerts: { mute: all }, brands: { acme: { ...(mute === undefined ? {} : { mute }) } } })[0]?.mute;
    expect([muteOf(), muteOf(false), muteOf(true), muteOf(own)]).toEqual([[all], [all], true, [all, own]]);
  });

  it('counts a rule that is written twice once', () => {
    expect(rules({ brands: { acme: { alerts: [{}, {}] } } })).toHaveLength(1);
  });
});

describe('the rule that is tried out', () => {
  const config = configSchema.parse({
    brands: { acme: { name: 'Acme', team: 'care' }, other: {} },
    teams: { care: { to: ['care@acme.example'] } },
  });
  const default_ = {
    ...{ type: 'threshold', metric: 'mean_pos', window: 3, below: 0.45, recoverAbove: 0.45, minPosts: 30, forDays: 1 },
    ...{ confidence: null, repeatEvery: null, secondOpinion: null, mute: [] },
  };

  it('is the default one, with the names of its brand', () => {
    expect(defaultRule(config, 'acme')).toEqual({
      ...{ ...default_, ruleId: 'acme:default', brandSlug: 'acme', brandName: 'Acme', team: 'care' },
    });
    for (const brandSlug of ['other', 'unknown'])
      expect(defaultRule(config, brandSlug)).toEqual({
        ...{ ...default_, ruleId: `${brandSlug}:default`, brandSlug, brandName: brandSlug, team: null },
      });
  });
});

describe('the threshold in a chart', () => {
  const written = rules({
    brands: {
      other: { alerts: [{ below: 0.3 }] },
      acme: { alerts: [{ type: 'volume' }, { type: 'baseline' }, { below: 0.4 }, { below: 0.2 }] },
      quiet: { alerts: [{ type: 'freshness' }] },
    },
  });
  const below = (slug: string, isFiring?: (rule: ThresholdRule) => boolean) =>
    shownRule(written, slug, isFiring)?.below;

  it('is the brand’s first, or the first of those that fire', () => {
    expect([below('acme'), below('acme', ({ below }) => below < 0.3), below('other')]).toEqual([0.4, 0.2, 0.3]);
    expect([below('quiet'), below('unknown')]).toEqual([undefined, undefined]);
  });

  it('is of a figure, as a baseline is and volume is not', () => {
    expect(written.map((rule) => [rule.type, isSentimentRule(rule)])).toEqual([
      ...[['threshold', true] as const, ['volume', false] as const, ['baseline', true] as const],
      ...[['threshold', true] as const, ['threshold', true] as const, ['freshness', false] as const],
    ]);
  });
});
