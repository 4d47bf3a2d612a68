import { brandIdOf } from '../../db/brands.ts';
import { saveSecondOpinion, secondOpinionsOf } from '../../db/second-opinion.ts';
import { modelSpans } from '../../db/series.ts';
import type { Day } from '../calendar.ts';
import type { Metric } from '../config/schema.ts';
import type { SecondOpinionSettings } from '../config/second-opinion.ts';
import type { Context } from '../context.ts';
import { type DrawFrom, drawPosts } from '../second-opinion/draw.ts';
import { type OpenSecondReader, readTexts } from '../second-opinion/reader.ts';
import type { JudgeOf } from '../second-opinion/sample-stage.ts';
import { judgeFall, readingOf, type SecondOpinion } from './second-opinion.ts';

/** Days before the alert's window that the window is compared with. */
const BASELINE_DAYS = 28;

/** A dip that somebody is about to be told of. */
export interface DoubtedDip {
  readonly ruleId: string;
  readonly brandSlug: string;
  readonly metric: Metric;
  readonly settings: SecondOpinionSettings;
  readonly runId: number;
  /** First day of the dip, and the newest day decided. */
  readonly since: Day;
  readonly day: Day;
  readonly windowFrom: Day;
}

/** Gives the second opinion on a dip. */
export type AskSecond = (dip: DoubtedDip) => Promise<SecondOpinion>;

/**
 * Asks the accurate model about a dip: a random sample of the window's posts and one of the weeks before the dip are read by it.
 * What it says is stored, and said again when the same night is done again. A model that fails is no opinion. Errors: E_INTERRUPTED.
 */
export async function askSecond(
  context: Context,
  open: OpenSecondReader,
  judgeOf: JudgeOf,
  dip: DoubtedDip,
): Promise<SecondOpinion> {
  const { store, clock, log } = context;
  const known = (await secondOpinionsOf(store.read, dip.ruleId)).find(
    ({ since_day, day, verdict }) => since_day === dip.since && day === dip.day && verdict !== 'unknown',
  );
  if (known) return JSON.parse(known.inputs) as SecondOpinion;
  const startedMs = clock();
  const asked = await ask(context, open, judgeOf, dip);
  const opinion: SecondOpinion = { ...asked, seconds: Math.max(0, clock() - startedMs) / 1000 };
  await store.transaction((tx) =>
    saveSecondOpinion(tx, {
      ...{ rule_id: dip.ruleId, since_day: dip.since, day: dip.day, run_id: dip.runId },
      ...{ verdict: opinion.verdict, inputs: JSON.stringify(opinion) },
    }),
  );
  const { verdict, change, problem, texts_read, seconds } = opinion;
  log.info({ rule: dip.ruleId, verdict, change, problem, texts_read, seconds }, 'second opinion');
  return opinion;
}

async function ask(
  context: Context,
  open: OpenSecondReader,
  judgeOf: JudgeOf,
  dip: DoubtedDip,
): Promise<SecondOpinion> {
  const { store, config, clock, log } = context;
  const { settings, metric, windowFrom, day, since } = dip;
  const span = (await modelSpans(store.read)).findLast(({ from }) => from === null || from <= day);
  // Days of the dip itself, told late, are none to compare it with; neither are days that another model shows.
  const beforeTo = Math.min(windowFrom, since - (day - windowFrom)) - 1;
  const beforeFrom = Math.max(beforeTo - BASELINE_DAYS + 1, span?.from ?? Number.NEGATIVE_INFINITY);
  const about = {
    ...{ model: settings.model, metric, window_from: windowFrom, window_to: day },
    ...{ before_from: beforeFrom, before_to: beforeTo, readings: null, change: null, seconds: 0 },
  };
  const unknown = (problem: SecondOpinion['problem'], texts_read = 0): SecondOpinion => ({
    ...{ verdict: 'unknown', ...about, problem, texts_read },
  });
  const brandId = await brandIdOf(store.read, dip.brandSlug);
  if (brandId === undefined || span === undefined) return unknown('too_few_posts');
  const reader = await open(settings.model);
  if (reader === undefined) return unknown('no_model');
  const untilMs = clock() + settings.minutes * 60_000;
  const judge = await judgeOf(span.modelId);
  const from = (period: string, range: Pick<DrawFrom, 'from' | 'to'>): DrawFrom => ({
    ...{ brandId, ...range, networkId: span.networkId, judge, size: settings.sample },
    seed: `${dip.ruleId}/${dip.since}/${day}/${period}`,
  });
  const window = await drawPosts(store.read, config, from('window', { from: windowFrom, to: day }));
  const before = await drawPosts(store.read, config, from('before', { from: beforeFrom, to: beforeTo }));
  const readings = await readTexts(
    context,
    reader,
    [...window.posts, ...before.posts].map(({ textId }) => textId),
    untilMs,
  );
  if (readings.failure) log.warn({ rule: dip.ruleId }, `no second opinion: ${readings.failure.message}`);
  if (!readings.complete) return unknown(readings.failure ? 'failed' : 'out_of_time', readings.read);
  const both = { window: readingOf(metric, window, readings), before: readingOf(metric, before, readings) };
  const { verdict, change } = judgeFall(both);
  if (change === null) return unknown('too_few_posts', readings.read);
  return { verdict, ...about, model: reader.label, readings: both, change, problem: null, texts_read: readings.read };
}
