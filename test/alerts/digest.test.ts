import { afterEach, expect, it } from 'vitest';
import { waitingNotifications } from '../../db/outbox.ts';
import { digestContent } from '../../src/alerts/digest.ts';
import { queueDigests } from '../../src/alerts/digests.ts';
import { DAY_ONE, openWorld, type World } from './world.ts';

/** Friday, 20 November 2026. */
const NEWEST = DAY_ONE + 19;

let world: World;
afterEach(() => world.close());

async function openBrands(...names: (string | { name: string; team: string })[]): Promise<void> {
  const brands = names.map((brand) =>
    typeof brand === 'string' ? [brand, { team: 'care' }] : [brand.name.toLowerCase(), brand],
  );
  const to = ['all@acme.example'];
  world = await openWorld({
    ...{ min_posts_per_day: 5, brands: Object.fromEntries(brands) },
    teams: { care: { to, digest: 'daily' }, press: { to }, launch: { to, digest: 'daily' } },
  });
}

/** Gives a brand days, counted back from the newest, with so many posts of one score each. */
async function measure(brand: string, days: Record<number, readonly [score: number, posts: number]>): Promise<void> {
  for (const [ago, [score, posts]] of Object.entries(days))
    await world.measure(NEWEST - Number(ago), score, posts, brand);
}

const told = () => digestContent(world.context, 'care', NEWEST);

it('a digest tells a team its brands in the order of the settings, each on its newest day, and which are silent', async () => {
  await openBrands('rail', { name: 'Acme', team: 'care' }, { name: 'Other', team: 'press' }, 'bus', 'ship', 'ferry');
  // Averages of three days: 0.60 now, and 0.50 a week before. The days after the newest are of no interest yet.
  const week = { 7: [0.7, 10], 8: [0.4, 10], 9: [0.4, 10] } as const;
  await measure('acme', { [-1]: [0.1, 10], 0: [0.7, 1204], 1: [0.6, 10], 2: [0.5, 10], 3: [0.1, 10], ...week });
  await measure('other', { 0: [0.5, 10] });
  // Its newest day is of Wednesday; what is compared with reaches beyond the oldest day that would be told.
  await measure('rail', { 0: [0, 0], 2: [0.2, 10], 9: [0.3, 10], 10: [0.5, 10], 11: [0.7, 10] });
  await measure('bus', { 0: [0.4, 4], 7: [0.4, 10] });
  await measure('ferry', { 11: [0.5, 10] });
  expect(await told()).toEqual({
    day: '2026-11-20',
    date: '20 November 2026',
    brands: [
      { brand: 'rail', day: 'Wed 18 Nov', now: '0.20', change: '−0.30', posts: '10' },
      { brand: 'Acme', day: '', now: '0.60', change: '+0.10', posts: '1,204' },
      { brand: 'bus', day: '', now: '–', change: '–', posts: '4' },
    ],
    silent: 'No posts that day: rail, ship, ferry (3 brands).',
  });
});

it.each([
  ['the same', 0.4, 0.4, '+0.00'],
  ['less by too little to be seen', 0.398, 0.4, '+0.00'],
  ['less', 0.394, 0.4, '−0.01'],
  ['unknown, a day too early', 0.4, null, '–'],
])('a digest of a brand whose figure is %s says nothing of others', async (_, now, before, change) => {
  await openBrands('ship');
  await measure('ship', { 0: [now, 10], [before === null ? 8 : 7]: [before ?? 0.4, 10] });
  expect(await told()).toMatchObject({
    brands: [{ brand: 'ship', day: '', now: now.toFixed(2), change }],
    silent: '',
  });
});

it('a digest of a brand that is silent for as long as a week and an average has no figure of it', async () => {
  await openBrands('ship');
  await measure('ship', { 10: [0.4, 10], 17: [0.5, 10], 18: [0.7, 10], 19: [0.9, 10], 20: [0, 10] });
  expect((await told()).brands).toMatchObject([{ day: 'Tue 10 Nov', now: '0.40', change: '−0.30' }]);
  await measure('ship', { 10: [0, 0], 11: [0.4, 10] });
  expect((await told()).brands).toEqual([]);
});

it('a digest is put into the outbox once a day, for teams that want one and have figures', async () => {
  await openBrands('ship', { name: 'Other', team: 'press' }, { name: 'New', team: 'launch' });
  await measure('ship', { 0: [0.4, 10] });
  await measure('other', { 0: [0.5, 10] });
  const queue = () => queueDigests(world.context, NEWEST);
  expect(await queue()).toEqual({ teams: 1 });
  expect(await queue()).toEqual({ teams: 0 });
  const rows = await waitingNotifications(world.store.read);
  expect(rows.map(({ content, ...row }) => ({ ...row, content: JSON.parse(content) }))).toEqual([
    {
      ...{ notification_id: 1, message_id: null, dedupe_key: 'digest:care:2026-11-20', rule_id: 'digest:care' },
      ...{ day: NEWEST, kind: 'digest', team: 'care', created_ms: world.now, due_ms: expect.any(Number) },
      content: { digest: await told() },
    },
  ]);
});
