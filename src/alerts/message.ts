import type { QuotedPost } from '../../db/posts.ts';
import type { DayFigures } from '../aggregate/figures.ts';
import type { Day } from '../calendar.ts';
import { type MissedNights, missedText } from '../missed-nights.ts';
import type { Rule } from './rule.ts';
import { opinionText, type SecondOpinion } from './second-opinion.ts';
import {
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

/** What a mail about a dip is written from. */
export interface Dip {
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
  /** The last days' figures, ascending, up to `day`. */
  readonly recent: readonly DayFigures[];
  /** Events that people noted in those days, ascending. */
  readonly events: readonly { readonly day: Day; readonly text: string }[];
  /** The posts with the lowest scores of the window. */
  readonly quotes: readonly QuotedPost[];
  /** Nights that the run made up. */
  readonly missed?: MissedNights | undefined;
  /** What the accurate model says of it, where the rule asks one. */
  readonly secondOpinion?: SecondOpinion;
}

/** What the mail says, in words: the text and the HTML part are two layouts of it. */
export interface AlertContent {
  readonly subject: string;
  readonly brand: string;
  readonly date: string;
  readonly title: string;
  /** What happened, how sure it is, and on how many posts it rests. */
  readonly lead: string;
  readonly certainty: string;
  readonly basis: string;
  readonly facts: readonly { readonly label: string; readonly value: string; readonly note: string }[];
  readonly recent: readonly {
    readonly date: string;
    readonly daily: string;
    readonly smoothed: string;
    posts: string;
  }[];
  readonly dailyLabel: string;
  readonly smoothedLabel: string;
  readonly events: readonly { readonly date: string; readonly text: string }[];
  readonly quotesSpan: string;
  readonly quotes: readonly { readonly score: string; readonly date: string; readonly text: string }[];
  readonly resolve: string;
  readonly recipients: string;
  readonly scale: string;
}

const BRAND_IN_SUBJECT = 40;
const BRAND_IN_BODY = 80;
const QUOTE_LENGTH = 280;

/** A post's text as mails quote it. */
export function quoteText(text: string): string {
  return shorten(oneLine(text), QUOTE_LENGTH);
}

/** Writes the mail about a dip. Pure: the same dip gives the same words. */
export function alertContent(dip: Dip): AlertContent {
  const { rule, value, low, high, posts, before } = dip;
  const { metric, below, recoverAbove } = rule;
  const isBelow = value < below;
  const limit = isBelow ? below : recoverAbove;
  const extra = extraDecimals(metric, value, limit);
  const show = (share: number): string => figureText(metric, share, extra);
  const name = METRIC_NAME[metric];
  const brand = oneLine(rule.brandName);
  const inBody = shorten(brand, BRAND_IN_BODY);
  const smoothed = `${dip.window}-day ${name}`;
  const position = isBelow ? `below ${show(below)}` : `not yet back at ${show(recoverAbove)}`;
  const interval = low === null || high === null ? null : `${show(low)}–${show(high)}`;
  const newest = dip.recent.findLast((figures) => figures.day === dip.day);

  return {
    subject: `[${shorten(brand, BRAND_IN_SUBJECT)}] ${name} ${show(value)}, ${position} (${dip.window}-day${
      before === null ? '' : `, was ${show(before.value)}`
    })`,
    brand: inBody,
    date: longDate(dip.day),
    title: `${capital(name)} ${show(value)}, ${position}`,
    lead: leadOf(dip, inBody, smoothed, show),
    certainty: [certaintyOf(dip, interval), ...(dip.secondOpinion ? [opinionText(dip.secondOpinion)] : [])].join(' '),
    basis: `The figure rests on ${count(posts, 'post')} from ${spanOfDays(dip.windowFrom, dip.day)}.${
      newest
        ? ` On ${dayAndMonth(dip.day)} alone: ${count(newest.total, 'post')} by ${count(newest.users, 'author')}, ${figureText('positive_rate', newest.positiveRate.value)} of them positive.`
        : ''
    }${dip.missed ? ` ${missedText(dip.missed)}` : ''}`,
    facts: [
      { label: 'Now', value: show(value), note: interval ?? '' },
      { label: 'Threshold', value: show(below), note: '' },
      { label: 'Before', value: before ? show(before.value) : '–', note: before ? shortDate(before.day) : 'no figure' },
      { label: 'Posts', value: posts.toLocaleString('en-US'), note: spanNote(dip) },
    ],
    dailyLabel: 'that day',
    smoothedLabel: `${dip.window}-day`,
    recent: dip.recent.map((figures) => {
      const average = metric === 'mean_pos' ? figures.ma3 : figures.positiveRateMa3;
      const daily = metric === 'mean_pos' ? figures.meanPos : figures.positiveRate;
      return {
        date: shortDate(figures.day),
        daily: show(daily.value),
        smoothed: average ? show(average.value) : '–',
        posts: figures.total.toLocaleString('en-US'),
      };
    }),
    events: dip.events.map((event) => ({ date: shortDate(event.day), text: oneLine(event.text) })),
    quotesSpan: spanOfDays(dip.windowFrom, dip.day),
    quotes: dip.quotes.map((post) => ({
      score: post.score.toFixed(2),
      date: shortDate(post.day),
      text: quoteText(post.text),
    })),
    resolve: `The alert ends when the ${smoothed} is ${figureText(metric, recoverAbove)} or more, measured on at least ${count(rule.minPosts, 'post')}. Until then no further mail comes about this dip.`,
    recipients: `${rule.recipients.map(oneLine).join(', ')} – the addresses set for ${inBody}. The rule: ${smoothed} below ${figureText(metric, below)} with at least ${count(rule.minPosts, 'post')} in the window. Whoever runs this monitor can change both.`,
    scale:
      metric === 'mean_pos'
        ? 'Sentiment is the mean score of the posts as a model reads them: 0 is all negative, 1 all positive. The interval covers who happened to post, not the mistakes of the model.'
        : 'The positive rate is the share of posts that a model reads as positive. The interval covers who happened to post, not the mistakes of the model.',
  };
}

function leadOf(dip: Dip, brand: string, smoothed: string, show: (share: number) => string): string {
  const { rule, value, since, day, before } = dip;
  const was =
    before === null
      ? ''
      : ` ${before.day === since - 1 ? 'The day before' : `On ${dayAndMonth(before.day)}`} it was ${show(before.value)}.`;
  const subject = `The ${smoothed} of ${brand}`;
  if (value >= rule.below)
    return `${subject} went below ${show(rule.below)} on ${dayAndMonth(since)}. On ${longDate(day)} it stands at ${show(value)}: above the threshold again, but not yet at ${show(rule.recoverAbove)}, where the alert ends.`;
  if (day > since)
    return `${subject} went below the threshold of ${show(rule.below)} on ${dayAndMonth(since)} and stands at ${show(value)} on ${longDate(day)}.${was}`;
  const verb = before !== null && before.value > value ? 'fell to' : 'stands at';
  return `${subject} ${verb} ${show(value)} on ${longDate(day)}, below the threshold of ${show(rule.below)}.${was}`;
}

function certaintyOf({ rule, value, high }: Dip, interval: string | null): string {
  if (interval === null || high === null) return 'Too few different authors wrote to tell how sure this is.';
  const start = `The 95% interval is ${interval}`;
  if (value >= rule.below) return `${start}.`;
  return high < rule.below
    ? `${start}: all of it below the threshold, so this is hardly chance.`
    : `${start} and reaches the threshold: this may be chance, so read the posts before you act.`;
}

function spanNote({ windowFrom, day }: Dip): string {
  const days = day - windowFrom + 1;
  return days === 1 ? 'in 1 day' : `in ${days} days`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
