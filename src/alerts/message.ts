import { createHash } from 'node:crypto';
import type { DayFigures } from '../aggregate/figures.ts';
import { type Day, formatDay } from '../calendar.ts';
import { type MissedNights, missedText } from '../missed-nights.ts';
import { BASE_DAYS, type DriverPost, type Drivers } from './drivers.ts';
import type { Rule } from './rule.ts';
import { opinionText, type SecondOpinion } from './second-opinion.ts';
import {
  capital,
  count,
  dayAndMonth,
  extraDecimals,
  figureText,
  longDate,
  METRIC_NAME,
  oneLine,
  shortDate,
  shorten,
  spanOfDays,
} from './words.ts';

/** Why there is something to tell: a dip began, it still stands, or it is over. */
export type AlertKind = 'firing' | 'repeat' | 'resolved';

/** What a mail about a dip is written from. */
export interface Dip {
  readonly kind: AlertKind;
  readonly rule: Rule;
  /** First day of the run of firing days, and the newest day of it that was decided on enough posts. */
  readonly since: Day;
  readonly day: Day;
  /** The smoothed metric of that day with its 95 % interval, as a share. */
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  /** Posts in the window that ends on that day, and its first day. */
  readonly posts: number;
  readonly windowFrom: Day;
  /** Length of the moving average in days. */
  readonly window: number;
  /** The last smoothed figure before the dip. */
  readonly before: { readonly day: Day; readonly value: number } | null;
  /** Of a dip that is over: its last day, the lowest figure that it came to, and whether posts that arrived late undid it. */
  readonly last?: Day | undefined;
  readonly lowest?: { readonly day: Day; readonly value: number } | undefined;
  readonly isUndone?: boolean;
  /** The last days' figures, ascending, up to `day`. */
  readonly recent: readonly DayFigures[];
  /** Events that people noted in those days, ascending. */
  readonly events: readonly { readonly day: Day; readonly text: string }[];
  /** What pulled the mean down; texts as they are to be shown. */
  readonly drivers: Drivers;
  /** Where the brand's page is, if colleagues can open one. */
  readonly page?: string | undefined;
  /** Nights that the run made up. */
  readonly missed?: MissedNights | undefined;
  /** What the accurate model says of it, where the rule asks one. */
  readonly secondOpinion?: SecondOpinion | undefined;
}

/** What is told about one alert, in words: the text and the HTML part are two layouts of it. Stored as JSON. */
export interface AlertContent {
  readonly kind: AlertKind;
  readonly slug: string;
  readonly ruleId: string;
  /** ISO date of the newest day that is told. */
  readonly day: string;
  readonly subject: string;
  readonly brand: string;
  readonly date: string;
  readonly title: string;
  /** What happened, how sure it is, and on how many posts it rests. */
  readonly lead: string;
  readonly certainty: string;
  /** What an accurate model says of it; contents of earlier versions lack it. */
  readonly opinion?: string;
  readonly basis: string;
  readonly facts: readonly { readonly label: string; readonly value: string; readonly note: string }[];
  readonly recent: readonly {
    readonly date: string;
    readonly daily: string;
    readonly smoothed: string;
    readonly posts: string;
  }[];
  readonly dailyLabel: string;
  readonly smoothedLabel: string;
  readonly events: readonly { readonly date: string; readonly text: string }[];
  readonly quotesNote: string;
  readonly quotes: readonly Quote[];
  readonly terms: readonly { readonly term: string; readonly text: string }[];
  readonly resolve: string;
  readonly rule: string;
  readonly silence: string;
  readonly page: string;
  readonly scale: string;
}

type Quote = {
  readonly score: string;
  readonly note: string;
  readonly text: string;
  /** Of the stored text, by which it is found again when its author asks to be forgotten. */
  readonly hash: string;
};

export const BRAND_IN_SUBJECT = 40;
export const BRAND_IN_BODY = 80;
const QUOTE_LENGTH = 280;

/** A post's text as mails quote it. */
export function quoteText(text: string): string {
  // Cut before anything looks at every character of it.
  return shorten(oneLine(text.slice(0, 20 * QUOTE_LENGTH)), QUOTE_LENGTH);
}

/** By what a quoted text is found again. */
export function textHash(body: string): string {
  return createHash('sha256').update(body).digest('hex').slice(0, 32);
}

/**
 * Writes what is told about a dip. Pure: the same dip gives the same words. `show` turns a post's text into what is shown of it.
 */
export function alertContent(dip: Dip, show: (text: string) => string = (text) => text): AlertContent {
  const { rule, kind } = dip;
  const { metric } = rule;
  const brand = oneLine(rule.brandName);
  const inBody = shorten(brand, BRAND_IN_BODY);
  const figure = figuresOf(dip);
  const title = titleOf(dip, figure);
  return {
    ...{ kind, slug: rule.brandSlug, ruleId: rule.ruleId, day: formatDay(dip.day) },
    subject: `[${shorten(brand, BRAND_IN_SUBJECT)}] ${title} (${noteOfSubject(dip, figure)})`,
    brand: inBody,
    date: longDate(dip.day),
    title: capital(title),
    lead: leadOf(dip, inBody, figure),
    certainty: certaintyOf(dip, figure),
    opinion: dip.secondOpinion ? opinionText(dip.secondOpinion) : '',
    basis: basisOf(dip),
    facts: factsOf(dip, figure),
    dailyLabel: 'that day',
    smoothedLabel: `${dip.window}-day`,
    recent: (isShownMetric(metric) ? dip.recent : []).map((figures) => {
      const average = metric === 'mean_pos' ? figures.ma3 : figures.positiveRateMa3;
      const daily = metric === 'mean_pos' ? figures.meanPos : figures.positiveRate;
      return {
        date: shortDate(figures.day),
        daily: figure.show(daily.value),
        smoothed: average ? figure.show(average.value) : '–',
        posts: figures.total.toLocaleString('en-US'),
      };
    }),
    events: dip.events.map((event) => ({
      date: shortDate(event.day),
      text: shorten(oneLine(event.text.slice(0, 2000)), 200),
    })),
    quotesNote: dip.drivers.posts.some(({ share }) => share !== null)
      ? `${spanOfDays(dip.windowFrom, dip.day)}, against the ${BASE_DAYS} days before`
      : `The lowest of ${spanOfDays(dip.windowFrom, dip.day)}`,
    quotes: dip.drivers.posts.map((post) => ({
      score: post.score.toFixed(2),
      note: quoteNote(post),
      text: quoteText(show(post.text)),
      hash: textHash(post.text),
    })),
    terms: dip.drivers.terms.map(({ term, now, nowOf, before, beforeOf }) => ({
      term: oneLine(term),
      text: `in ${shareText(now, nowOf)} of negative posts, ${before === 0 ? 'none' : shareText(before, beforeOf)} in the week before`,
    })),
    resolve: resolveOf(dip, figure),
    rule: `${capital(rule.text)}, with at least ${count(rule.minPosts, 'post')} in the window.`,
    silence: silenceCommand(rule.brandSlug, dip.day),
    page: dip.page ?? '',
    scale: SCALE[metric],
  };
}

const SCALE: Record<Rule['metric'], string> = {
  mean_pos:
    'Sentiment is the mean score of the posts as a model reads them: 0 is all negative, 1 all positive. The interval covers who happened to post, not the mistakes of the model.',
  positive_rate:
    'The positive rate is the share of posts that a model reads as positive. The interval covers who happened to post, not the mistakes of the model.',
  corrected_rate:
    'The corrected positive rate is the share of positive posts after the known mistakes of the model are taken into account.',
  net_sentiment:
    'Net sentiment is the share of positive posts less that of negative ones, as a model reads them: −1 is all negative, 1 all positive. The interval covers who happened to post, not the mistakes of the model.',
};

/** Whether the daily figures have it. */
function isShownMetric(metric: Rule['metric']): boolean {
  return metric === 'mean_pos' || metric === 'positive_rate';
}

/** What silences a brand for a week after the morning of a mail. */
export function silenceCommand(slug: string, day: Day): string {
  return `monitor alerts silence ${slug} --until ${formatDay(day + 8)} --comment "why"`;
}

interface FigureWords {
  /** `3-day sentiment` */
  readonly smoothed: string;
  /** A figure with as many decimals as it takes to tell it from the threshold. */
  show(value: number): string;
  readonly interval: string | null;
  readonly isBelow: boolean;
}

function figuresOf({ rule, value, low, high, window }: Dip): FigureWords {
  const { metric, below, recoverAbove } = rule;
  const isBelow = value < below;
  const extra = extraDecimals(metric, value, isBelow ? below : recoverAbove);
  const show = (share: number): string => figureText(metric, share, extra);
  const interval = low === null || high === null ? null : `${show(low)}–${show(high)}`;
  return { smoothed: `${window}-day ${METRIC_NAME[metric]}`, show, interval, isBelow };
}

function titleOf({ kind, rule, value, isUndone }: Dip, { show, isBelow }: FigureWords): string {
  const name = METRIC_NAME[rule.metric];
  if (kind === 'resolved')
    return isUndone ? `${name} ${show(value)}, alert withdrawn` : `${name} back at ${show(value)}`;
  const position = isBelow ? `below ${show(rule.below)}` : `not yet back at ${show(rule.recoverAbove)}`;
  return `${name}${kind === 'repeat' ? ' still' : ''} ${show(value)}, ${position}`;
}

function noteOfSubject({ kind, window, before, lowest, since, day }: Dip, { show }: FigureWords): string {
  const days = day - since + 1;
  if (kind === 'resolved') return `${window}-day${lowest === undefined ? '' : `, lowest ${show(lowest.value)}`}`;
  if (kind === 'repeat') return `${window}-day, for ${count(days, 'day')}`;
  return `${window}-day${before === null ? '' : `, was ${show(before.value)}`}`;
}

function factsOf(dip: Dip, { show, interval }: FigureWords): AlertContent['facts'] {
  const { kind, rule, value, before, lowest, posts } = dip;
  const third =
    kind === 'resolved'
      ? { label: 'Lowest', value: lowest ? show(lowest.value) : '–', note: lowest ? shortDate(lowest.day) : '' }
      : {
          label: 'Before',
          value: before ? show(before.value) : '–',
          note: before ? shortDate(before.day) : 'no figure',
        };
  return [
    { label: 'Now', value: show(value), note: interval ?? '' },
    { label: 'Threshold', value: show(rule.below), note: '' },
    third,
    { label: 'Posts', value: posts.toLocaleString('en-US'), note: spanNote(dip) },
  ];
}

function basisOf({ day, windowFrom, posts, recent, missed }: Dip): string {
  const newest = recent.findLast((figures) => figures.day === day);
  return `The figure rests on ${count(posts, 'post')} from ${spanOfDays(windowFrom, day)}.${
    newest
      ? ` On ${dayAndMonth(day)} alone: ${count(newest.total, 'post')} by ${count(newest.users, 'author')}, ${figureText('positive_rate', newest.positiveRate.value)} of them positive.`
      : ''
  }${missed ? ` ${missedText(missed)}` : ''}`;
}

function resolveOf({ kind, rule }: Dip, { smoothed }: FigureWords): string {
  if (kind === 'resolved' && rule.limitMoves) return 'The next mail comes with the next such dip.';
  if (kind === 'resolved')
    return `The next mail comes when the ${smoothed} falls below ${figureText(rule.metric, rule.below)} again.`;
  return `The alert ends when the ${smoothed} is ${rule.limitMoves ? 'about ' : ''}${figureText(rule.metric, rule.recoverAbove)} or more, measured on at least ${count(rule.minPosts, 'post')}. A mail will say so.`;
}

/** `Wed 4 Nov · 23 copies · 31% of the drop` */
function quoteNote({ day, copies, share }: DriverPost): string {
  return [
    shortDate(day),
    ...(copies > 1 ? [`${copies.toLocaleString('en-US')} posts say this`] : []),
    ...(share !== null && share >= 0.01 ? [`${Math.min(100, Math.round(share * 100))}% of the drop`] : []),
  ].join(' · ');
}

function shareText(part: number, whole: number): string {
  const percent = (part / whole) * 100;
  return `${percent < 1 ? percent.toFixed(1) : Math.round(percent)}%`;
}

function leadOf(dip: Dip, brand: string, { smoothed, show }: FigureWords): string {
  const { kind, rule, value, since, day, before, last, lowest, isUndone } = dip;
  const was =
    before === null
      ? ''
      : ` ${before.day === since - 1 ? 'The day before' : `On ${dayAndMonth(before.day)}`} it was ${show(before.value)}.`;
  const subject = `The ${smoothed} of ${brand}`;
  if (kind === 'resolved' && isUndone)
    return `Posts that arrived late changed the figures: with them, the ${smoothed} of ${brand} was not below ${show(rule.below)} on ${dayAndMonth(since)}. The alert about it is withdrawn. On ${longDate(day)} it is ${show(value)}.`;
  if (kind === 'resolved')
    return `${subject} is back at ${show(value)} on ${longDate(day)}. The dip that began on ${dayAndMonth(since)} is over after ${count((last ?? day - 1) - since + 1, 'day')}${lowest === undefined ? '' : `; its lowest was ${show(lowest.value)} on ${dayAndMonth(lowest.day)}`}.`;
  if (value >= rule.below)
    return `${subject} went below ${show(rule.below)} on ${dayAndMonth(since)}. On ${longDate(day)} it stands at ${show(value)}: above the threshold again, but not yet at ${show(rule.recoverAbove)}, where the alert ends.`;
  if (day > since)
    return `${subject} went below the threshold of ${show(rule.below)} on ${dayAndMonth(since)} and stands at ${show(value)} on ${longDate(day)}.${was}`;
  const verb = before !== null && before.value > value ? 'fell to' : 'stands at';
  return `${subject} ${verb} ${show(value)} on ${longDate(day)}, below the threshold of ${show(rule.below)}.${was}`;
}

function certaintyOf({ kind, rule, value, high }: Dip, { interval }: FigureWords): string {
  if (interval === null || high === null) return 'Too few different authors wrote to tell how sure this is.';
  const start = `The 95% interval is ${interval}`;
  if (kind === 'resolved' || value >= rule.below) return `${start}.`;
  return high < rule.below
    ? `${start}: all of it below the threshold, so this is hardly chance.`
    : `${start} and reaches the threshold: this may be chance, so read the posts before you act.`;
}

function spanNote({ windowFrom, day }: Dip): string {
  const days = day - windowFrom + 1;
  return days === 1 ? 'in 1 day' : `in ${days} days`;
}
