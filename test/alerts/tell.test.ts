import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addAnnotation } from '../../db/annotations.ts';
import { brandIdOf, ensureBrand } from '../../db/brands.ts';
import type { AlertContent } from '../../src/alerts/alert-content.ts';
import { type AlertNews, toldRule, writeAlert } from '../../src/alerts/tell.ts';
import type { Config } from '../../src/config/schema.ts';
import { baseline, PIXEL, threshold } from './days.ts';
import { DAY_ONE, openWorld, posts, type World } from './world.ts';

/** The day that is told, of twelve: Tuesday, 10 November. */
const DAY = DAY_ONE + 9;

let world: World;
beforeAll(async () => {
  world = await openWorld();
  // 4 posts with 0.59 on the first day, 5 with 0.57 on the second, and so on.
  for (let index = 0; index < 12; index += 1)
    await world.post(DAY_ONE + index, posts(4 + index, 0.59 - index / 50), (post) => ({
      text: `Post ${index}-${post} to @AcmeAir and @somebody`,
    }));
  await world.aggregate();
});
afterAll(() => world.close());

const news: AlertNews = {
  rule: toldRule({ ...threshold, brandSlug: 'acme-air', brandName: 'Acme Air' }, { below: 0.5, recoverAbove: 0.6 }),
  ...{ kind: 'firing', window: 3, since: DAY, day: DAY },
  figure: { value: 0.43, low: null, high: null, posts: 36, windowFrom: DAY - 2 },
  before: null,
};

async function told(change: Partial<AlertNews> = {}, settings: Partial<Config> = {}): Promise<AlertContent> {
  const context = { ...world.context, config: { ...world.context.config, ...settings } };
  const run = { newestDay: DAY, chartFor: () => PIXEL };
  const written = await writeAlert(context, run, { ...news, ...change });
  return written?.alert ?? expect.fail('nothing is told');
}

describe('what is told of an alert', () => {
  const table = (rows: readonly [date: string, daily: string, smoothed: string, posts: string][]) =>
    rows.map(([date, daily, smoothed, count]) => ({ date, daily, smoothed, posts: count }));

  it('has the last seven days up to it in the figure of its rule, with averages that reach back further', async () => {
    expect((await told()).recent).toEqual(
      table([
        ['Wed 4 Nov', '0.53', '0.55', '7'],
        ['Thu 5 Nov', '0.51', '0.53', '8'],
        ['Fri 6 Nov', '0.49', '0.51', '9'],
        ['Sat 7 Nov', '0.47', '0.49', '10'],
        ['Sun 8 Nov', '0.45', '0.47', '11'],
        ['Mon 9 Nov', '0.43', '0.45', '12'],
        ['Tue 10 Nov', '0.41', '0.43', '13'],
      ]),
    );
    // From 0.50 on a post is positive: those of the first two days are.
    const rule = { ...news.rule, metric: 'net_sentiment' as const };
    const nets = ['1.00', '1.00', ...Array.from({ length: 5 }, () => '-1.00')];
    expect((await told({ rule, window: 1 })).recent.map(({ daily, smoothed }) => [daily, smoothed])).toEqual(
      nets.map((net) => [net, net]),
    );
    expect((await told({ day: DAY_ONE + 1, since: DAY_ONE + 1 })).recent).toEqual(
      table([
        ['Sun 1 Nov', '0.59', '0.59', '4'],
        ['Mon 2 Nov', '0.57', '0.58', '5'],
      ]),
    );
  });

  it('says how many wrote on its day alone', async () => {
    expect((await told()).basis).toBe(
      'The figure rests on 36 posts from 8–10 November. On 10 November alone: 13 posts by 13 authors, 0\u00a0% of them positive.',
    );
  });

  it('has the events of these days, or of a window that is longer', async () => {
    const brandId = (await brandIdOf(world.store.read, 'acme-air')) ?? expect.fail('no brand');
    await world.store.transaction(async (tx) => {
      for (const [day, text] of [2, 3, 9, 10].map((index) => [DAY_ONE + index, `event of day ${index}`] as const))
        await addAnnotation(tx, { day, text, brandId });
      await addAnnotation(tx, { day: DAY, text: 'not ours', brandId: await ensureBrand(tx, 'other', 'Other') });
    });
    const of = async (change: Partial<AlertNews>) => (await told(change)).events.map(({ text }) => text);
    expect(await of({})).toEqual(['event of day 3', 'event of day 9']);
    const figure = { ...news.figure, windowFrom: DAY_ONE + 2 };
    expect(await of({ figure })).toEqual(['event of day 2', 'event of day 3', 'event of day 9']);
    // Without a correction there is no figure of any day, so the window alone counts.
    expect(await of({ rule: { ...news.rule, metric: 'corrected_rate' } })).toEqual(['event of day 9']);
  });

  it('names the page of the day where colleagues can open one', async () => {
    expect((await told()).page).toBe('');
    for (const end of ['', '/', '//'])
      expect((await told({}, { public_url: `https://m.example/x//y${end}` })).page).toBe(
        'https://m.example/x//y/brands/acme-air/days/2026-11-10',
      );
  });

  it('shows handles of others as the settings say, and those of the brand', async () => {
    const { mail } = world.context.config;
    const shown = async (handles: 'mask' | 'keep') =>
      (await told({}, { mail: { ...mail, handles } })).quotes[0]?.text.replace(/^Post \S+ /, '');
    expect(await shown('mask')).toBe('to @AcmeAir and @…');
    expect(await shown('keep')).toBe('to @AcmeAir and @somebody');
  });

  it('counts copies as the settings say', async () => {
    const day = DAY + 1;
    await world.post(day, posts(20, 0.01), () => ({ text: 'RT worst airline ever' }));
    await world.aggregate();
    const note = async (duplicates: Config['duplicates']) => (await told({ day }, { duplicates })).quotes[0]?.note;
    expect(await note('count')).toMatch(/^Wed 11 Nov · 20 posts say this · /);
    expect(await note('once')).toMatch(/^Wed 11 Nov · \d+\u00a0% of the drop$/);
  });

  it('quotes nobody when it is over, and is not taken back unless that is said', async () => {
    const over = await told({ kind: 'resolved', since: DAY - 3, last: DAY - 1 });
    expect([over.quotes, over.subject]).toEqual([[], '[Acme Air] sentiment back at 0.43 (3-day)']);
    expect((await told({ kind: 'resolved', isUndone: true })).subject).toContain('alert withdrawn');
  });

  it('is nothing for a brand that the database does not have', async () => {
    const rule = { ...news.rule, brandSlug: 'nobody' };
    const run = { newestDay: DAY, chartFor: () => PIXEL };
    expect(await writeAlert(world.context, run, { ...news, rule })).toBeUndefined();
  });
});

describe('a rule as it is told', () => {
  it('has the limits of its day, which move where it follows the past of the brand', () => {
    const limits = { below: 0.41, recoverAbove: 0.43 };
    const common = { brandSlug: 'acme', brandName: 'Acme', metric: 'mean_pos', minPosts: 50, ...limits };
    expect(toldRule(threshold, limits)).toEqual({
      ...{ ...common, ruleId: 'acme:mean_pos:00000000', text: '3-day sentiment below 0.45', limitMoves: false },
    });
    expect(toldRule(baseline, limits)).toEqual({
      ...{ ...common, ruleId: 'acme:mean_pos:00000001', limitMoves: true },
      text: 'daily sentiment more than 3 standard errors below its last 28 days',
    });
  });
});
