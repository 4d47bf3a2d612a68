import { type FiringDays, firingDaysOf } from '../db/alerts.ts';
import { type Annotation, listAnnotations } from '../db/annotations.ts';
import { type BrandRow, listBrands } from '../db/brands.ts';
import { revisionsOf } from '../db/published.ts';
import type { Reader } from '../db/store.ts';
import type { BrandReport } from '../reports/model.ts';
import { joinRevisions, type Revision } from '../src/aggregate/revisions.ts';
import { figuresOfBrands } from '../src/aggregate/stage.ts';
import { ruleText } from '../src/alerts/explain.ts';
import { seriesOfBrand } from '../src/alerts/inputs.ts';
import { type MetricDay, metricSeries } from '../src/alerts/measure.ts';
import type { AlertRule } from '../src/alerts/rule.ts';
import { isSentimentRule, type Rule, rulesOf, shownRule } from '../src/alerts/stage.ts';
import type { Day } from '../src/calendar.ts';
import type { Config } from '../src/config/schema.ts';
import type { Session } from './session.ts';

/** What reading figures needs of a session; a command that only reads has no more. */
export type FiguresSource = Pick<Session, 'store' | 'config'>;

/** Every brand with figures up to a day, with where its alerts on sentiment stand. */
export async function brandReports(source: FiguresSource, newestDay: Day): Promise<BrandReport[]> {
  // All brands from one state of the database: a model is switched, and days are computed, while this reads.
  return source.store.snapshot((reader) => brandReportsOf(reader, source.config, newestDay));
}

/** The same from a state of the database that the caller holds; of one brand, and of days from one on, where told so. */
export async function brandReportsOf(
  reader: Reader,
  config: Config,
  newestDay: Day,
  only: { brand?: string | undefined; from?: Day | undefined } = {},
): Promise<BrandReport[]> {
  const brands = (await listBrands(reader)).filter(({ slug }) => only.brand === undefined || slug === only.brand);
  if (brands.length === 0) return [];
  const [single] = only.brand === undefined ? [] : brands;
  const days = { from: only.from, to: newestDay };
  const rules = rulesOf(config).filter(isSentimentRule);
  // Of all brands at once: fifty brands would be a hundred and more statements.
  const figures = await figuresOfBrands(reader, config, days, single?.brandId);
  const revisions = await recentRevisions(reader, newestDay);
  const noted = await listAnnotations(reader);
  const firing = await firingDaysOf(
    reader,
    rules.map(({ ruleId }) => ruleId),
    days,
  );
  const reports: BrandReport[] = [];
  for (const { brandId, slug, name } of brands) {
    const ofBrand = figures.get(brandId) ?? [];
    if (ofBrand.length === 0) continue;
    const own = rules.filter(({ brandSlug }) => brandSlug === slug);
    const shown = shownRule(own, slug, ({ ruleId }) => firing.get(ruleId)?.isFiring === true);
    const series = shown && (await ownSeries(reader, config, { brandId, ...days }, shown));
    reports.push({
      ...brandReport({ slug, name }, { own, shown, revisions, noted, firing }),
      ...{ figures: ofBrand, series, window: ownWindow(config, shown) },
    });
  }
  return reports;
}

/** The days of a rule's metric and average where daily figures have it not; undefined where they do. */
export async function ownSeries(
  reader: Reader,
  config: Config,
  { brandId, from, to }: { brandId: number; from?: Day | undefined; to: Day },
  { metric, window }: { readonly metric: Rule['metric']; readonly window: number },
): Promise<MetricDay[] | undefined> {
  if ((metric === 'mean_pos' || metric === 'positive_rate') && window === config.window) return undefined;
  const days = metricSeries(metric, await seriesOfBrand(reader, brandId, to), { ...config, window });
  return from === undefined ? days : days.filter(({ day }) => day >= from);
}

/** The length of a rule's average where it is another than that of the daily figures. */
export function ownWindow(config: Config, rule: { readonly window: number } | undefined): number | undefined {
  return rule && rule.window !== config.window ? rule.window : undefined;
}

/** Mornings whose corrections of published figures a report shows. */
const REVISION_DAYS = 7;

/** What changed in the week up to the morning after a day, the changes of one brand-day as one. */
export async function recentRevisions(reader: Reader, newestDay: Day): Promise<Revision[]> {
  const morning = newestDay + 1;
  return joinRevisions(await revisionsOf(reader, { from: morning - REVISION_DAYS + 1, to: morning }));
}

/** A brand's report but for its figures. */
export function brandReport(
  { slug, name }: Pick<BrandRow, 'slug' | 'name'>,
  {
    own,
    shown,
    revisions,
    noted,
    firing,
  }: {
    own: readonly AlertRule[];
    shown: Pick<Rule, 'ruleId' | 'metric' | 'below'> | undefined;
    revisions: readonly Revision[];
    noted: readonly Annotation[];
    firing: ReadonlyMap<string, FiringDays>;
  },
): Omit<BrandReport, 'figures'> {
  const found = own.flatMap(({ ruleId }) => firing.get(ruleId) ?? []);
  const burning = own.filter(({ ruleId }) => firing.get(ruleId)?.isFiring === true);
  const other = burning.some(({ ruleId }) => ruleId === shown?.ruleId) ? undefined : burning[0];
  return {
    ...{ slug, name },
    threshold: shown ? { metric: shown.metric, below: shown.below } : null,
    otherAlert: other && ruleText(other),
    firingDays: new Set(found.flatMap(({ days }) => days)),
    state: own.length === 0 ? null : burning.length > 0 ? 'firing' : 'inactive',
    events: noted.filter((event) => event.slug === null || event.slug === slug),
    revisions: revisions.filter((revision) => revision.slug === slug),
  };
}
