import { brandIdOf } from '../../db/brands.ts';
import { seriesStatsOf } from '../../db/series.ts';
import { dailyFigures } from '../aggregate/figures.ts';
import type { Context } from '../context.ts';
import { MonitorError } from '../errors.ts';
import { teamMail } from './compose.ts';
import { seriesOfBrand } from './inputs.ts';
import { metricSeries } from './measure.ts';
import { queueNotice } from './queue.ts';
import { defaultRule, rulesOf, shownRule, type ThresholdRule } from './rule.ts';
import { type TellingRun, toldRule, writeAlert } from './tell.ts';

/**
 * Puts a marked sample of a brand's alert into the outbox, made of its newest figures as if they had just fallen below the
 * threshold. It goes to the brand's team, or to the addresses given instead. Errors: E_USAGE for an unknown brand, and one without
 * team or figures.
 */
export async function queueSample(
  context: Pick<Context, 'store' | 'config' | 'clock' | 'log'>,
  chartFor: TellingRun['chartFor'],
  { brand, to }: { brand: string; to: readonly string[] },
): Promise<void> {
  const { store, config, clock } = context;
  const settings = Object.hasOwn(config.brands, brand) ? config.brands[brand] : undefined;
  if (!settings) throw refusal(`the settings have no brand ${brand}`, '`monitor brands list` shows the brands.');
  const { team } = settings;
  const rule = shownRule(rulesOf(config), brand) ?? defaultRule(config, brand);
  if (team === undefined && to.length === 0)
    throw refusal(`${brand} has no team`, 'Set its `team`, or name an address with --to.');
  // A brand that no post was found of yet has no number, and 0 is nobody's.
  const brandId = (await brandIdOf(store.read, brand)) ?? 0;
  const stats = await seriesStatsOf(store.read, brandId);
  const series = await seriesOfBrand(store.read, brandId, stats.at(-1)?.day ?? 0);
  const smoothing = { ...config, window: rule.window };
  const figures = dailyFigures(stats, smoothing, series.breaks);
  const averages = new Map(metricSeries(rule.metric, series, smoothing).map(({ day, smoothed }) => [day, smoothed]));
  const estimateOf = (day: (typeof figures)[number] | undefined) => (day ? (averages.get(day.day) ?? null) : null);
  const newest = figures.findLast((day) => estimateOf(day) !== null);
  const estimate = estimateOf(newest);
  if (!newest || !estimate)
    throw refusal(`${brand} has no figures yet`, 'The first `monitor run` with posts makes some.');
  const before = figures.findLast((day) => day.day < newest.day && estimateOf(day) !== null);
  const was = estimateOf(before);
  const limits = limitsAbove(rule, estimate.value);
  const nowMs = clock();
  const dedupeKey = `sample:${brand}:${nowMs}`;
  const written = await writeAlert(
    context,
    { newestDay: newest.day, chartFor },
    {
      rule: toldRule({ ...rule, ...limits }, limits),
      ...{ kind: 'firing', window: rule.window, since: newest.day, day: newest.day },
      figure: { ...estimate, posts: newest.windowPosts, windowFrom: newest.windowFrom },
      before: before && was ? { day: before.day, value: was.value } : null,
    },
  );
  if (!written) throw refusal(`${brand} has no figures yet`, 'The first `monitor run` with posts makes some.');
  const notice = { dedupeKey, ruleId: `sample:${brand}`, day: newest.day, kind: 'sample' } as const;
  const row = {
    ...{ notification_id: 0, dedupe_key: dedupeKey, rule_id: notice.ruleId, day: newest.day, kind: 'sample' as const },
    ...{ team: team ?? '', content: JSON.stringify(written), created_ms: nowMs, due_ms: nowMs, message_id: null },
  };
  await store.transaction((tx) =>
    queueNotice(
      tx,
      config,
      to.length === 0
        ? { ...notice, team: team ?? null, content: written }
        : {
            ...notice,
            team: null,
            content: { mail: teamMail(config, team ?? '', { rows: [row], standing: [], addresses: to }, nowMs) },
          },
      nowMs,
    ),
  );
}

/** The limits that a sample shows: the rule's, or higher ones where the figure is not below them, since it is told to be. */
function limitsAbove(
  { below, recoverAbove }: ThresholdRule,
  value: number,
): Pick<ThresholdRule, 'below' | 'recoverAbove'> {
  if (value < below) return { below, recoverAbove };
  const raised = (Math.floor(100 * value) + 2) / 100;
  return { below: raised, recoverAbove: raised + recoverAbove - below };
}

function refusal(what: string, remedy: string): MonitorError {
  return new MonitorError('E_USAGE', `No sample can be made: ${what}.`, { remedy });
}
