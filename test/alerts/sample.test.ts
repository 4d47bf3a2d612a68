import { afterEach, describe, expect, it } from 'vitest';
import type { AlertContent } from '../../src/alerts/alert-content.ts';
import type { RenderedMail } from '../../src/alerts/mail.ts';
import { queueSample } from '../../src/alerts/sample.ts';
import { PIXEL } from './days.ts';
import { DAY_ONE, openWorld, posts, type World } from './world.ts';

let world: World;
afterEach(() => world.close());

const sample = (brand: string, to: readonly string[] = []): Promise<void> =>
  queueSample(world.context, () => PIXEL, { brand, to });

async function queued() {
  const rows = await world.store.read.db.selectFrom('notifications').selectAll().execute();
  return rows.map(({ content, ...row }) => {
    const parsed = JSON.parse(content) as { alert?: AlertContent; chart?: string; mail?: RenderedMail };
    return { ...row, ...parsed };
  });
}

describe('a sample of an alert', () => {
  it('tells the newest figures as if they had just fallen, to the team of the brand', async () => {
    world = await openWorld();
    for (const [day, score] of [0.5, 0.4, 0.3].entries()) await world.post(DAY_ONE + day, posts(20, score));
    await world.aggregate();
    await sample('acme-air');
    const [row, ...more] = await queued();
    expect(more).toEqual([]);
    expect(row).toMatchObject({
      ...{ rule_id: 'sample:acme-air', kind: 'sample', team: 'care', day: DAY_ONE + 2, due_ms: world.now },
      dedupe_key: `sample:acme-air:${world.now}`,
      chart: PIXEL.toString('base64'),
    });
    const alert = row?.alert;
    expect(alert?.kind).toBe('firing');
    // The means of the days so far: 0.4 now, 0.45 the day before.
    expect(alert?.subject).toBe('[Acme Air] sentiment 0.40, below 0.45 (3-day, was 0.45)');
    expect(alert?.basis).toContain('60 posts');
  });

  it('of a brand that is well shows a threshold above its figure, so that the mail does not contradict itself', async () => {
    world = await openWorld();
    await world.post(DAY_ONE, posts(20, 0.7));
    await world.aggregate();
    await sample('acme-air');
    const [row] = await queued();
    expect(row?.alert?.subject).toBe('[Acme Air] sentiment 0.70, below 0.72 (3-day)');
    expect(row?.alert?.rule).toBe('3-day sentiment below 0.72, with at least 10 posts in the window.');
    // As far above as the rule's own 0.48 is above its 0.45.
    expect(row?.alert?.resolve).toContain('is 0.75 or more');
  });

  it('has nothing to compare with on the first day, and leaves it out', async () => {
    world = await openWorld();
    await world.post(DAY_ONE, posts(20, 0.3));
    await world.aggregate();
    await sample('acme-air');
    const [row] = await queued();
    expect(row?.alert?.subject).toBe('[Acme Air] sentiment 0.30, below 0.45 (3-day)');
  });

  it('is made of the newest days with posts enough for a figure', async () => {
    world = await openWorld({ window: 1, min_posts_per_day: 10 });
    for (const [day, [count, score]] of (
      [
        [20, 0.3],
        [3, 0.9],
        [20, 0.4],
        [3, 0.9],
      ] as const
    ).entries())
      await world.post(DAY_ONE + day, posts(count, score));
    await world.aggregate();
    await sample('acme-air');
    const [row] = await queued();
    expect(row?.day).toBe(DAY_ONE + 2);
    expect(row?.alert?.subject).toBe('[Acme Air] sentiment 0.40, below 0.45 (1-day, was 0.30)');
  });

  it('of a figure at the threshold itself shows one above it', async () => {
    world = await openWorld();
    await world.post(DAY_ONE, posts(20, 0.45));
    await world.aggregate();
    await sample('acme-air');
    expect((await queued())[0]?.alert?.subject).toBe('[Acme Air] sentiment 0.45, below 0.47 (3-day)');
  });

  it('goes to the addresses given and nobody else, marked as a sample', async () => {
    world = await openWorld({ teams: { care: { to: ['care@acme.example'] } } });
    await world.post(DAY_ONE, posts(20, 0.3));
    await world.aggregate();
    await sample('acme-air', ['me@acme.example']);
    const [row] = await queued();
    expect(row).toMatchObject({ team: null, kind: 'sample', day: DAY_ONE });
    expect(row?.mail).toMatchObject({ to: ['me@acme.example'], dateMs: world.now });
    expect(row?.mail?.subject).toBe('[SAMPLE] [Acme Air] sentiment 0.30, below 0.45 (3-day)');
    // The mail says so itself.
    expect(row?.mail?.text).toContain('\nme@acme.example – team care. Whoever runs this monitor');
    expect(row?.mail?.text).not.toContain('care@acme.example');
  });

  it('can be made of a brand without team and rules, for an address', async () => {
    world = await openWorld({ brands: { 'acme-air': {} }, teams: {} });
    await world.post(DAY_ONE, posts(20, 0.3));
    await world.aggregate();
    await sample('acme-air', ['me@acme.example']);
    const [row] = await queued();
    expect(row?.mail?.to).toEqual(['me@acme.example']);
    expect(row?.mail?.text).toContain('\nme@acme.example. Whoever runs this monitor');
  });

  it('of a rule on another metric shows that metric', async () => {
    const rule = { metric: 'net_sentiment', below: 0, recover_above: 0.1, min_posts: 10 };
    world = await openWorld({ brands: { 'acme-air': { team: 'care', alerts: [rule] } }, window: 1 });
    await world.post(DAY_ONE, [...posts(5, 0.9), ...posts(15, 0.1)]);
    await world.aggregate();
    await sample('acme-air');
    // Of 20 posts, 5 are positive and 15 negative.
    expect((await queued())[0]?.alert?.subject).toBe('[acme-air] net sentiment -0.50, below 0.00 (1-day)');
  });

  it.each([
    ['nobody', 'the settings have no brand nobody', '`monitor brands list` shows the brands.'],
    ['toString', 'the settings have no brand toString', '`monitor brands list` shows the brands.'],
    ['teamless', 'teamless has no team', 'Set its `team`, or name an address with --to.'],
    ['acme-air', 'acme-air has no figures yet', 'The first `monitor run` with posts makes some.'],
    ['new', 'new has no figures yet', 'The first `monitor run` with posts makes some.'],
  ])('of %s is refused with the reason and what to do', async (brand, reason, remedy) => {
    world = await openWorld({ brands: { 'acme-air': { team: 'care' }, new: { team: 'care' }, teamless: {} } });
    // Scored posts of a day that was never aggregated are no figures.
    await world.post(DAY_ONE, posts(20, 0.3));
    await expect(sample(brand)).rejects.toMatchObject({
      ...{ code: 'E_USAGE', message: `No sample can be made: ${reason}.`, remedy },
    });
    expect(await queued()).toEqual([]);
  });
});
