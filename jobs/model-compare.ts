import { listBrands } from '../db/brands.ts';
import { dayStatsOf } from '../db/day-stats.ts';
import { modelBreaks, modelSpans, seriesRates, seriesStatsOf } from '../db/series.ts';
import type { Reader } from '../db/store.ts';
import type { DatedStats } from '../src/aggregate/day-stats.ts';
import { type DayFigures, dailyFigures } from '../src/aggregate/figures.ts';
import { foldDays } from '../src/alerts/fold.ts';
import { dayInputs, type Series } from '../src/alerts/measure.ts';
import { isSentimentRule, type SentimentRule } from '../src/alerts/rule.ts';
import { rulesOf } from '../src/alerts/stage.ts';
import { START } from '../src/alerts/step.ts';
import type { Day } from '../src/calendar.ts';
import type { Config } from '../src/config/schema.ts';

/** Whose figures are compared: those that are shown, or a model's from a day on (null: all), the shown ones before it. */
export type SeriesSource = 'shown' | { readonly modelId: number; readonly from: Day | null };

/** A day as two series tell it. */
export interface ComparedDay {
  readonly day: Day;
  readonly a: DayFigures | null;
  readonly b: DayFigures | null;
  /** Whether any of the brand's alerts would be firing at its end. */
  readonly firingA: boolean;
  readonly firingB: boolean;
}

/** Means over the days that both series have; null without such days. */
interface Level {
  readonly a: number;
  readonly b: number;
  readonly shift: number;
}

export interface BrandComparison {
  readonly brand: string;
  readonly name: string;
  readonly days: readonly ComparedDay[];
  /** Days that both series have and that can differ. */
  readonly common: number;
  readonly meanPos: Level | null;
  readonly positiveRate: Level | null;
  /** Alerts that would differ, by rule: the days on which only one series has it firing. */
  readonly alerts: readonly { readonly rule: string; readonly onlyA: readonly Day[]; readonly onlyB: readonly Day[] }[];
}

/** Both daily series of every brand, the shift of its level, and the alerts that would differ. Give it a snapshot. */
export async function compareSeries(
  reader: Reader,
  config: Config,
  sources: { a: SeriesSource; b: SeriesSource },
): Promise<BrandComparison[]> {
  const rules = rulesOf(config).filter(isSentimentRule);
  const ratesOf = await seriesRates(reader);
  const shownBreaks = modelBreaks(await modelSpans(reader));
  const breaksOf = (source: SeriesSource): Day[] => {
    if (source === 'shown') return shownBreaks;
    const { from: first } = source;
    return first === null ? [] : [...shownBreaks.filter((day) => day < first), first];
  };
  // Days before a switch that keeps the history are the same on both sides.
  const from = (sources.b === 'shown' ? null : sources.b.from) ?? Number.NEGATIVE_INFINITY;
  const compared: BrandComparison[] = [];
  for (const { brandId, slug, name } of await listBrands(reader)) {
    const side = async (source: SeriesSource): Promise<Side> => {
      const series = { stats: await statsOf(reader, source, brandId), breaks: breaksOf(source), ratesOf };
      return { figures: dailyFigures(series.stats, config, series.breaks), firing: firingOf(series, config) };
    };
    const ofBrand = rules.filter(({ brandSlug }) => brandSlug === slug);
    const comparison = compareBrand(await side(sources.a), await side(sources.b), ofBrand, from);
    if (comparison.days.length > 0) compared.push({ brand: slug, name, ...comparison });
  }
  return compared;
}

async function statsOf(reader: Reader, source: SeriesSource, brandId: number): Promise<DatedStats[]> {
  if (source === 'shown') return seriesStatsOf(reader, brandId);
  const { modelId, from } = source;
  if (from === null) return dayStatsOf(reader, modelId, brandId);
  const before = await seriesStatsOf(reader, brandId, { to: from - 1 });
  return [...before, ...(await dayStatsOf(reader, modelId, brandId, { from }))];
}

/** One of the two series of a brand: its figures, and on which days a rule fires. */
interface Side {
  readonly figures: readonly DayFigures[];
  readonly firing: (rule: SentimentRule) => Set<Day>;
}

function compareBrand(
  a: Side,
  b: Side,
  rules: readonly SentimentRule[],
  from: Day,
): Omit<BrandComparison, 'brand' | 'name'> {
  const [ofA, ofB] = [a, b].map(({ figures }) => new Map(figures.map((day) => [day.day, day]))) as [
    Map<Day, DayFigures>,
    Map<Day, DayFigures>,
  ];
  const days = [...new Set([...ofA.keys(), ...ofB.keys()])].sort((first, second) => first - second);
  const both = days.flatMap((day) => {
    const [inA, inB] = [ofA.get(day), ofB.get(day)];
    return inA && inB && day >= from ? [{ a: inA, b: inB }] : [];
  });
  const level = (value: (figures: DayFigures) => number): Level | null => {
    if (both.length === 0) return null;
    const mean = (side: 'a' | 'b') => both.reduce((sum, day) => sum + value(day[side]), 0) / both.length;
    return { a: mean('a'), b: mean('b'), shift: mean('b') - mean('a') };
  };
  const firing = rules.map((rule) => ({ rule: rule.ruleId, a: a.firing(rule), b: b.firing(rule) }));
  return {
    days: days.map((day) => ({
      day,
      a: ofA.get(day) ?? null,
      b: ofB.get(day) ?? null,
      firingA: firing.some((of) => of.a.has(day)),
      firingB: firing.some((of) => of.b.has(day)),
    })),
    common: both.length,
    meanPos: level(({ meanPos }) => meanPos.value),
    positiveRate: level(({ positiveRate }) => positiveRate.value),
    alerts: firing
      .map((of) => ({
        rule: of.rule,
        // A day that only one series has says nothing about the other.
        onlyA: days.filter((day) => of.a.has(day) && !of.b.has(day) && ofB.has(day)),
        onlyB: days.filter((day) => of.b.has(day) && !of.a.has(day) && ofA.has(day)),
      }))
      .filter(({ onlyA, onlyB }) => onlyA.length + onlyB.length > 0),
  };
}

function firingOf(series: Series, config: Config): Side['firing'] {
  return (rule) => {
    const days = dayInputs(rule, series, config, { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY });
    return new Set(foldDays(START, days, rule).flatMap(({ day, to }) => (to === 'firing' ? [day] : [])));
  };
}
