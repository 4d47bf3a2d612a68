import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlertEventRow } from '../../db/alerts.ts';
import { saveDayStats } from '../../db/day-stats.ts';
import { beginFile, finishFile, sourceId } from '../../db/files.ts';
import { EMPTY_STATS, statsOf } from '../../src/aggregate/day-stats.ts';
import { brandSources, freshnessInputs, momentOf, seriesOfBrand } from '../../src/alerts/inputs.ts';
import { emptyDay } from '../../src/alerts/measure.ts';
import { zoneOf } from '../../src/calendar.ts';
import { DAY_ONE, openWorld, type World } from './world.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** An instant so many hours after the midnight that a day begins with. */
const at = (day: number, hours = 0) => (DAY_ONE + day) * DAY_MS + hours * HOUR_MS;

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

/** A post of the brand on each of these days, all of one source. */
async function post(source: string, days: readonly number[]): Promise<number> {
  const id = await world.store.transaction((tx) => sourceId(tx, source));
  const { db } = world.store.read;
  for (const day of days) {
    await world.post(DAY_ONE + day, [0.5]);
    const [newest] = await db.selectFrom('posts').select('post_id').orderBy('post_id', 'desc').limit(1).execute();
    await db
      .updateTable('posts')
      .set({ source_id: id })
      .where('post_id', '=', newest?.post_id ?? 0)
      .execute();
  }
  return id;
}

/** Files of a source, each begun on a day and read to its end at an instant. */
async function deliver(id: number, files: readonly (readonly [day: number, endMs: number])[]): Promise<void> {
  await world.store.transaction(async (tx) => {
    for (const [day, endMs] of files) {
      const name = `${id} ${endMs}`;
      const file = await beginFile(tx, { sourceId: id, sha256: name, name, day: DAY_ONE + day });
      await finishFile(tx, file.file_id, 'read', endMs);
    }
  });
}

async function setNewestPost(id: number, watermark_ms: number | null): Promise<void> {
  await world.store.read.db.updateTable('sources').set({ watermark_ms }).where('source_id', '=', id).execute();
}

describe('the sources that a brand’s day waits for', () => {
  it('are those of its posts of the last four weeks, each with its own, regular from the second day of delivery on', async () => {
    const daily = await post('daily', [-29, -28, -1, 0, 0, 1]);
    const once = await post('import', [0]);
    const others = [await post('old', [-29]), await post('stranger', [])];
    const unknown = await post('unknown', [0]);
    await deliver(daily, [
      [0, at(0)],
      [1, at(1)],
    ]);
    await deliver(once, [
      [1, at(1, 1)],
      [1, at(1, 2)],
    ]);
    for (const id of [daily, once, ...others]) await setNewestPost(id, at(1, id));
    await setNewestPost(unknown, null);
    const day = (ago: number, posts: number) => [DAY_ONE - ago, posts] as const;
    expect(await brandSources(world.store.read, 1, DAY_ONE)).toEqual([
      {
        ...{ name: 'daily', newestPostMs: at(1, daily), isRegular: true },
        posts: new Map([day(28, 1), day(1, 1), day(0, 2)]),
      },
      { name: 'import', newestPostMs: at(1, once), isRegular: false, posts: new Map([day(0, 1)]) },
    ]);
    expect(await brandSources(world.store.read, 2, DAY_ONE)).toEqual([]);
  });
});

describe('a brand’s series', () => {
  it('has the days with posts up to one, and none that was emptied', async () => {
    const stats = statsOf([{ userId: null, pPositive: 0.5, pNegative: 0.5, predicted: 'positive' }]);
    await world.store.transaction(async (tx) => {
      for (const day of [3, 2, 1, 0]) {
        const key = { modelId: 1, brandId: 1, day: DAY_ONE + day, seq: 1 };
        await saveDayStats(tx, key, day === 1 ? EMPTY_STATS : stats);
      }
    });
    const series = await seriesOfBrand(world.store.read, 1, DAY_ONE + 2);
    expect(series.stats).toEqual([0, 2].map((day) => ({ ...stats, day: DAY_ONE + day })));
    expect([series.breaks, series.ratesOf(DAY_ONE)]).toEqual([[], null]);
  });
});

describe('a job', () => {
  it('for a morning that has come goes by the clock; for one still to come, by its days as over and done', () => {
    const berlin = zoneOf('Europe/Berlin');
    // Midnight in Berlin is at 23:00 UTC.
    const moments = [at(1, -1), at(1, -1) - 1, at(0, 12), at(5)].map((now) => momentOf(DAY_ONE, now, berlin));
    expect(moments).toEqual([at(1, -1), Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, at(5)]);
  });
});

describe('the hours since an export', () => {
  /** Its newest file was read to its end at two in the morning after day 102; of another source's the brand has no posts. */
  const arrived = at(103, 2);
  beforeAll(async () => {
    await deliver(await post('export', [103]), [
      [102, at(102, 2)],
      [103, arrived],
    ]);
    await deliver(await post('of others', []), [[103, at(103, 5)]]);
    await post('without a file', [103]);
  });

  const known = (...days: number[]) => days.map((day) => ({ day: DAY_ONE + day }) as unknown as AlertEventRow);
  const hours = async (newestDay: number, nowMs: number, before: AlertEventRow[] = []) => {
    const context = { zone: world.context.zone, clock: () => nowMs };
    const days = await freshnessInputs(
      world.store.read,
      context,
      { brandId: 1, newestDay: DAY_ONE + newestDay },
      before,
    );
    expect(days).toEqual(days.map(({ day, hoursSinceExport }) => ({ ...emptyDay(day), hoursSinceExport })));
    return days.map(({ day, hoursSinceExport }) => [day - DAY_ONE, hoursSinceExport]);
  };

  it.each([
    ['are those at the moment that the night is done', at(104, 5), [[103, 27]]],
    ['are whole hours', at(104, 6) - 1, [[103, 27]]],
    ['are those of the next morning at six where that is still to come', at(103, 10), [[103, 28]]],
    ['are at most those of a day after that morning, for a night done late', at(110), [[103, 52]]],
  ])('%s', async (_, nowMs, days) => {
    expect(await hours(103, nowMs)).toEqual(days);
  });

  it('are none in the moment in which it arrives, and not known before', async () => {
    expect(await hours(102, arrived)).toEqual([[102, 0]]);
    expect(await hours(102, arrived - 1)).toEqual([[102, null]]);
  });

  it.each([
    [
      'those of mornings on which nobody looked, at six',
      [100],
      [
        ...[
          [101, null],
          [102, 4],
          [103, 27],
        ],
      ],
    ],
    ['those of the newest day alone, after the day before', [100, 101, 102], [[103, 27]]],
    ['those of the newest day again', [102, 103], [[103, 27]]],
    ['nothing of a day before the newest known', [103, 104], []],
  ])('are asked for after what is known: %s', async (_, before, days) => {
    expect(await hours(103, at(104, 5), known(...before))).toEqual(days);
  });

  it('are no longer counted ten weeks after the brand’s last post, as the source is given up', async () => {
    const hoursOn = async (day: number) => (await hours(day, at(day + 1, 5)))[0]?.[1];
    expect(await hoursOn(103 + 70)).toBe(71 * 24 + 3);
    expect(await hoursOn(103 + 71)).toBeNull();
  });
});
