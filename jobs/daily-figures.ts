import { databaseOf, noDatabase } from '../db/database.ts';
import type { Estimate } from '../src/aggregate/estimate.ts';
import { type Day, formatDay, parseDay } from '../src/calendar.ts';
import type { Config } from '../src/config/schema.ts';
import type { Secrets } from '../src/config/secrets.ts';
import { MonitorError } from '../src/errors.ts';
import { brandReportsOf } from './brand-reports.ts';

/** A brand's day as reports show it. Shares are from 0 to 1; `day` is an ISO date in the configured zone. */
export interface DailyFigures {
  readonly brand: string;
  readonly day: string;
  readonly total: number;
  readonly positives: number;
  readonly negatives: number;
  readonly users: number;
  readonly meanPos: Estimate;
  readonly positiveRate: Estimate;
  /** With a 90 % interval; null for a model without a correction. */
  readonly correctedRate: Estimate | null;
  /** The moving average of `meanPos` over the configured window; null where every day of it is missing. */
  readonly average: Estimate | null;
  readonly windowPosts: number;
  /** Whether an alert stood at the end of the day; null for a brand without alerts. */
  readonly firing: boolean | null;
}

/**
 * The daily figures in the database of these settings, brands by slug, days ascending, all as they stood at one moment. Only reads: a run may
 * be at work. `from` and `to` are ISO dates, both included. `secrets` looks up the password of a database server by its variable's name.
 * Errors: E_USAGE for a day that is none and where there is no database yet, and those of the database.
 */
export async function dailyFigures(
  config: Config,
  only: { readonly brand?: string; readonly from?: string; readonly to?: string; readonly secrets?: Secrets } = {},
): Promise<DailyFigures[]> {
  const { brand, from, to } = { brand: only.brand, from: dayOf(only.from), to: dayOf(only.to) };
  const database = databaseOf(config, only.secrets);
  const store = await database.openReadOnly();
  if (!store) throw noDatabase(database);
  try {
    const reports = await store.snapshot((reader) => brandReportsOf(reader, config, to ?? LAST, { brand, from }));
    return reports
      .sort((a, b) => (a.slug < b.slug ? -1 : 1))
      .flatMap(({ slug, figures, state, firingDays }) =>
        figures.map((day) => ({
          ...{ brand: slug, day: formatDay(day.day), total: day.total, positives: day.positives },
          ...{ negatives: day.negatives, users: day.users, meanPos: day.meanPos, positiveRate: day.positiveRate },
          ...{ correctedRate: day.correctedRate, average: day.ma3, windowPosts: day.windowPosts },
          firing: state === null ? null : firingDays.has(day.day),
        })),
      );
  } finally {
    await store.close();
  }
}

/** Beyond every day that a post can have. */
const LAST: Day = 1_000_000;

function dayOf(iso: string | undefined): Day | undefined {
  const day = iso === undefined ? undefined : parseDay(iso);
  if (iso !== undefined && day === undefined)
    throw new MonitorError('E_USAGE', `"${iso}" is not a day.`, { remedy: 'Write days as 2026-03-31.' });
  return day;
}
