import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../examples/world/random.ts';
import { type JobFolder, makeJobFolder } from '../support/job.ts';
import { onPostgres } from '../support/own-database.ts';
import { makeSetting, type Setting } from '../torture/setting.ts';
import { outcomes, tormented, undisturbedHere } from '../torture/torment.ts';

const SEED = 20_261_001;
const KILLS_A_STEP = 1;

/** The small form of test/full/torture.test.ts: a backfill of three days and two nights of a dip. */
describe('jobs killed with SIGKILL', () => {
  let setting: Setting;
  let plain: JobFolder;
  let killed: JobFolder;
  beforeAll(async () => {
    setting = await makeSetting(SEED, { historyDays: 3, nights: 2, postsPerDay: 200, firstDip: 0 });
    [plain, killed] = [makeJobFolder(setting.settings), makeJobFolder(setting.settings)];
  });
  afterAll(() => {
    plain?.remove();
    killed?.remove();
    setting?.remove();
  });

  it('at random moments end, when run again, where undisturbed ones end', { timeout: 600_000 }, async () => {
    const durations = await undisturbedHere(plain, setting.steps);
    const torment = await tormented(killed, setting.steps, {
      // A process of its own starts scoring processes, too.
      durations: durations.map((ms) => ms + 500),
      kills: KILLS_A_STEP,
      random: randomFrom(SEED),
    });
    expect(torment.kills).toBe(KILLS_A_STEP * setting.steps.length);
    expect(numbered(killed.dump())).toEqual(numbered(plain.dump()));
    expect(killed.files('reports')).toEqual(plain.files('reports'));
    expect(killed.files('outbox')).toEqual(plain.files('outbox'));
    expect(Object.keys(plain.files('outbox')).length).toBeGreaterThan(0);
    expect(outcomes(killed)['running']).toBeUndefined();
  });
});

/**
 * The same rows with the numbers that the database gave them counted anew, in their order: on a server, numbers that a killed
 * transaction took are not given again.
 */
function numbered(dump: Record<string, unknown[]>): Record<string, unknown[]> {
  if (!onPostgres) return dump;
  const all = Object.values(dump).flat() as Record<string, unknown>[];
  const ranks = new Map<string, Map<unknown, number>>();
  for (const name of new Set(all.flatMap((row) => Object.keys(row).filter((column) => column.endsWith('_id'))))) {
    const values = new Set(all.map((row) => row[name]).filter((value) => typeof value === 'number'));
    ranks.set(name, new Map([...values].sort((a, b) => a - b).map((value, rank) => [value, rank + 1])));
  }
  const counted = ([name, value]: [string, unknown]) => [name, ranks.get(name)?.get(value) ?? value] as const;
  return Object.fromEntries(
    Object.entries(dump).map(([table, rows]) => [
      table,
      rows.map((row) => Object.fromEntries(Object.entries(row as object).map(counted))),
    ]),
  );
}
