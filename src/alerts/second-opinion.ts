import type { Verdict } from '../../db/schema-second-opinion.ts';
import { scoreOf } from '../aggregate/day-stats.ts';
import { estimateSampled, type Population, type SampleSums, sumsOf } from '../aggregate/sampled-rate.ts';
import type { Judgement } from '../aggregate/stage.ts';
import type { Day } from '../calendar.ts';
import type { Metric } from '../config/schema.ts';
import type { FastPost } from '../second-opinion/draw.ts';
import type { Readings } from '../second-opinion/reader.ts';
import { count, dayAndMonth, figureText, METRIC_NAME, spanOfDays } from './words.ts';

/** Two sets of posts, the alert's window and the weeks before it, each as both models read them. */
export interface TwoReadings {
  readonly window: PeriodReading;
  readonly before: PeriodReading;
}

interface PeriodReading {
  /** The mean of the fast model over all posts, in [0, 1], and how many they are. */
  readonly fast: number;
  readonly posts: number;
  /** The same of the accurate model, estimated from a sample; null with too few posts to tell. */
  readonly accurate: number | null;
  readonly standardError: number | null;
  readonly sample: number;
}

/** What an accurate model makes of a dip, and what it rests on. Stored as JSON in this order of keys. */
export interface SecondOpinion {
  readonly verdict: Verdict;
  readonly model: string;
  readonly metric: Metric;
  readonly window_from: Day;
  readonly window_to: Day;
  readonly before_from: Day;
  readonly before_to: Day;
  /** Null when it could not be asked; `problem` says why. */
  readonly readings: TwoReadings | null;
  /** How far the accurate model's figure changed, with its interval of 90 %. */
  readonly change: { readonly value: number; readonly low: number; readonly high: number } | null;
  readonly problem: 'no_model' | 'failed' | 'out_of_time' | 'too_few_posts' | null;
  /** What it cost: texts read, and seconds. */
  readonly texts_read: number;
  readonly seconds: number;
}

/** A share of the fall that the accurate model must see: with less, the dip is mostly the fast model's. */
const SEEN_AT_LEAST = 0.5;
/** 90 % of a normal distribution lie within; samples are of dozens of posts at least. */
const NORMAL_90 = 1.644854;

/**
 * Whether the accurate model sees a fall too. It agrees when its figure fell, the whole interval below 0, and by at least half of what
 * the fast model's did; it disagrees when that half lies below its interval; otherwise it is unsure. Both figures of it
 * are corrected by the fast model's over all posts (see `estimateSampled`), and the samples are drawn apart, so variances add. Pure.
 */
export function judgeFall({ window, before }: TwoReadings): {
  readonly verdict: Verdict;
  readonly change: SecondOpinion['change'];
} {
  if (window.accurate === null || before.accurate === null) return { verdict: 'unknown', change: null };
  const value = window.accurate - before.accurate;
  const half = NORMAL_90 * Math.hypot(window.standardError ?? 0, before.standardError ?? 0);
  const change = { value, low: value - half, high: value + half };
  const asked = SEEN_AT_LEAST * (window.fast - before.fast);
  if (change.high < 0 && value <= asked) return { verdict: 'agrees', change };
  return { verdict: change.low > Math.min(0, asked) ? 'disagrees' : 'unsure', change };
}

/** A set of posts as both models read it. Texts that could not be read are left out of the sample. */
export function readingOf(
  metric: Metric,
  drawn: { readonly posts: readonly FastPost[]; readonly all: readonly FastPost[] },
  readings: Pick<Readings, 'of'>,
): PeriodReading {
  const [fastOf, accurateOf] = figuresOf(metric);
  const sums: SampleSums = sumsOf(
    drawn.posts.flatMap((post) => {
      const said = readings.of.get(post.textId);
      return said === undefined ? [] : [[fastOf(post), accurateOf(said)] as const];
    }),
  );
  const { n, sumF }: Population = sumsOf(drawn.all.map((post) => [fastOf(post), 0] as const));
  const estimate = estimateSampled({ n, sumF }, sums);
  return {
    ...{ fast: n === 0 ? 0 : sumF / 1e6 / n, posts: n, sample: sums.n },
    ...{ accurate: estimate?.value ?? null, standardError: estimate?.standardError ?? null },
  };
}

/** What the metric is the mean of: of the fast model what goes with it best, of the accurate one the thing itself. */
function figuresOf(metric: Metric): readonly [(post: Judgement) => number, (post: Judgement) => number] {
  if (metric === 'positive_rate')
    return [({ pPositive }) => pPositive, ({ predicted }) => Number(predicted === 'positive')];
  const score = ({ pNegative, pPositive }: Judgement) => scoreOf(pNegative, pPositive);
  return [score, score];
}

/** Whether a mail may leave: one that nobody could be asked about does, since a missed dip is worse. */
export function mayLeave({ verdict }: SecondOpinion, required: boolean): boolean {
  return !required || verdict === 'agrees' || verdict === 'unknown';
}

const PROBLEMS = {
  no_model: 'it could not be loaded',
  failed: 'it stopped with an error',
  out_of_time: 'the time was up before enough posts were read',
  too_few_posts: 'there are too few posts to compare',
} as const;

const SAYS = {
  agrees: 'A more accurate model sees the fall too.',
  disagrees:
    'A more accurate model does not see this fall; the posts may hold words, such as a name or a joke, that the everyday model misreads.',
  unsure: 'A more accurate model is not sure about this fall.',
} as const;

/** What a mail says of it, in sentences. */
export function opinionText(opinion: SecondOpinion): string {
  const { verdict, metric, readings, problem } = opinion;
  if (verdict === 'unknown' || readings === null)
    return `No more accurate model could be asked: ${PROBLEMS[problem ?? 'too_few_posts']}.`;
  const { window, before } = readings;
  const from = (then: number | null, now: number | null) =>
    `from ${figureText(metric, then ?? 0)} to ${figureText(metric, now ?? 0)}`;
  return (
    `${SAYS[verdict]} It read ${count(window.sample, 'post')} of ${spanOfDays(opinion.window_from, opinion.window_to)} and ${before.sample.toLocaleString('en-US')} of the weeks before, up to ${dayAndMonth(opinion.before_to)}; ${costText(opinion)}. ` +
    `By its reading the ${METRIC_NAME[metric]} went ${from(before.accurate, window.accurate)}; the everyday model says ${from(before.fast, window.fast)}.`
  );
}

/** What asking took: `that took 4.8 seconds`. Copies of a text, and texts that it had read before, take no time. */
function costText({ texts_read, seconds }: SecondOpinion): string {
  return texts_read === 0 ? 'it had read them before' : `that took ${seconds.toFixed(1)} seconds`;
}
