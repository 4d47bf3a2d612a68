import type { DatedStats } from '../src/aggregate/day-stats.ts';
import type { Day } from '../src/calendar.ts';
import type { Rates } from '../src/model/calibration.ts';
import type { Applied } from '../src/model/spec.ts';
import { statsOfRow } from './day-stats.ts';
import { saveSetting } from './settings.ts';
import type { Reader, Tx } from './store.ts';

/** A model of the series and the days that show its figures. The first span has no first day, the last no last one. */
export interface ModelSpan {
  readonly modelId: number;
  readonly networkId: number;
  readonly sha256: string;
  readonly name: string;
  readonly from: Day | null;
  readonly to: Day | null;
}

/** The models of the series, oldest days first: one, unless the history was kept at a change. The last is the active one. */
export async function modelSpans(reader: Reader): Promise<ModelSpan[]> {
  const rows = await reader.db
    .selectFrom('model_spans as s')
    .innerJoin('models as m', 'm.model_id', 's.model_id')
    .select(['m.model_id', 'm.network_id', 'm.sha256', 'm.name', 's.from_day', 's.to_day'])
    .orderBy('s.from_day')
    .execute();
  return rows.map((row, index) => ({
    modelId: row.model_id,
    networkId: row.network_id,
    sha256: row.sha256,
    name: row.name,
    from: index === 0 ? null : row.from_day,
    to: index === rows.length - 1 ? null : row.to_day,
  }));
}

/** The days on which another model begins: no average reaches across them. */
export function modelBreaks(spans: readonly ModelSpan[]): Day[] {
  return spans.flatMap(({ from }) => from ?? []);
}

/** What the models of the series apply to their networks' probabilities. */
export async function appliedModels(reader: Reader): Promise<Map<number, Pick<Applied, 'calibration' | 'rates'>>> {
  const rows = await reader.db
    .selectFrom('model_spans as s')
    .innerJoin('models as m', 'm.model_id', 's.model_id')
    .select(['m.model_id', 'm.spec'])
    .execute();
  return new Map(rows.map(({ model_id, spec }) => [model_id, JSON.parse(spec) as Applied]));
}

/** What corrects the rate of each day: that of the model which the day shows; null for a model without. */
export async function seriesRates(reader: Reader): Promise<(day: Day) => Rates | null> {
  const rows = await reader.db
    .selectFrom('model_spans as s')
    .innerJoin('models as m', 'm.model_id', 's.model_id')
    .select(['m.spec', 's.from_day', 's.to_day'])
    .execute();
  const spans = rows.map(({ spec, from_day, to_day }) => {
    const { rates = null } = JSON.parse(spec) as { rates?: Rates };
    return { from: from_day, to: to_day, rates };
  });
  return (day) => spans.find(({ from, to }) => day >= from && day <= to)?.rates ?? null;
}

/**
 * A brand's days as they are shown, in ascending order: each by the one model that the series has for it. Which model that is
 * is looked up in the same statement, so a reader never sees two models mixed by a change between two statements.
 */
export async function seriesStatsOf(
  reader: Reader,
  brandId: number,
  range: { from?: Day; to?: Day } = {},
): Promise<DatedStats[]> {
  let query = reader.db.selectFrom('series_stats').selectAll().where('brand_id', '=', brandId);
  if (range.from !== undefined) query = query.where('day', '>=', range.from);
  if (range.to !== undefined) query = query.where('day', '<=', range.to);
  return (await query.orderBy('day').execute()).map(statsOfRow);
}

/** The same of every brand that has days there, or of one, by its number. */
export async function seriesStatsOfBrands(
  reader: Reader,
  { from, to, brandId }: { from?: Day | undefined; to: Day; brandId?: number | undefined },
): Promise<Map<number, DatedStats[]>> {
  // Each brand is looked for by the key, which begins with it: by the days alone, all days of all brands would be gone through.
  let query = reader.db
    .selectFrom('model_spans as s')
    .crossJoin('brands as b')
    .crossJoin('day_stats as d')
    .selectAll('d')
    .whereRef('d.model_id', '=', 's.model_id')
    .whereRef('d.brand_id', '=', 'b.brand_id')
    .whereRef('d.day', '>=', 's.from_day')
    .whereRef('d.day', '<=', 's.to_day')
    .where('d.day', '<=', to);
  if (from !== undefined) query = query.where('d.day', '>=', from);
  if (brandId !== undefined) query = query.where('b.brand_id', '=', brandId);
  const found = new Map<number, DatedStats[]>();
  for (const row of await query.execute()) {
    const stats = statsOfRow(row);
    const known = found.get(row.brand_id);
    if (known) known.push(stats);
    else found.set(row.brand_id, [stats]);
  }
  for (const stats of found.values()) stats.sort((a, b) => a.day - b.day);
  return found;
}

/** The earliest day of a brand's series that changed after the given tick of the logical clock, or null. */
export async function firstChangedDay(reader: Reader, brandId: number, sinceSeq: number): Promise<Day | null> {
  const row = await reader.db
    .selectFrom('series_stats')
    .select((eb) => eb.fn.min('day').as('day'))
    .where('brand_id', '=', brandId)
    .where('data_seq', '>', sinceSeq)
    .executeTakeFirst();
  return row?.day ?? null;
}

/** The first day of any brand's series, or null when there is none. */
export async function firstSeriesDay(reader: Reader): Promise<Day | null> {
  return endOfSeries(reader, 'asc');
}

/** The last day of any brand's series, or null when there is none. */
export async function lastSeriesDay(reader: Reader): Promise<Day | null> {
  return endOfSeries(reader, 'desc');
}

/** Looks at one day of each brand and model: their key begins with these. */
async function endOfSeries({ db }: Reader, order: 'asc' | 'desc'): Promise<Day | null> {
  const ends = db
    .selectFrom('model_spans as s')
    .crossJoin('brands as b')
    .select(({ selectFrom }) =>
      selectFrom('day_stats as d')
        .select('d.day')
        .whereRef('d.model_id', '=', 's.model_id')
        .whereRef('d.brand_id', '=', 'b.brand_id')
        .whereRef('d.day', '>=', 's.from_day')
        .whereRef('d.day', '<=', 's.to_day')
        .orderBy('d.day', order)
        .limit(1)
        .as('day'),
    );
  const row = await db
    .selectFrom(ends.as('e'))
    .select((eb) => (order === 'asc' ? eb.fn.min('e.day') : eb.fn.max('e.day')).as('day'))
    .executeTakeFirst();
  return row?.day ?? null;
}

/** Whether any day of the series shows figures from this network's scores. */
export async function isInSeries(reader: Reader, networkId: number): Promise<boolean> {
  const row = await reader.db
    .selectFrom('model_spans as s')
    .innerJoin('models as m', 'm.model_id', 's.model_id')
    .select('m.model_id')
    .where('m.network_id', '=', networkId)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Makes a model the active one. With a first day, the days before it keep the models that they have; without, the whole
 * series is the new model's.
 */
export async function switchSeries(
  tx: Tx,
  model: { modelId: number; sha256: string },
  from: Day | null,
): Promise<void> {
  const before = from === null ? [] : (await modelSpans(tx)).filter((span) => span.from === null || span.from < from);
  const kept = before
    .map((span) => ({
      model_id: span.modelId,
      before_day: Math.min((span.to ?? Number.POSITIVE_INFINITY) + 1, from ?? 0),
    }))
    // A span that the same model follows is no change.
    .filter(({ model_id }, index) => model_id !== (before[index + 1]?.modelId ?? model.modelId));
  await tx.db.deleteFrom('kept_models').execute();
  if (kept.length > 0) await tx.db.insertInto('kept_models').values(kept).execute();
  await saveSetting(tx, 'active_model', model.sha256);
}
