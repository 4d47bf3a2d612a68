import { missedText } from '../missed-nights.ts';
import { percent } from '../percent.ts';
import type { Dip, FigureWords } from './dip.ts';
import { count, dayAndMonth, figureText, longDate, METRIC_NAME, spanOfDays } from './words.ts';

export function titleOf({ kind, rule, value, isUndone }: Dip, { show, isBelow }: FigureWords): string {
  const name = METRIC_NAME[rule.metric];
  if (kind === 'resolved')
    return isUndone ? `${name} ${show(value)}, alert withdrawn` : `${name} back at ${show(value)}`;
  const position = isBelow ? `below ${show(rule.below)}` : `not yet back at ${show(rule.recoverAbove)}`;
  return `${name}${kind === 'repeat' ? ' still' : ''} ${show(value)}, ${position}`;
}

export function noteOfSubject({ kind, window, before, lowest, since, day }: Dip, { show }: FigureWords): string {
  const days = day - since + 1;
  if (kind === 'resolved') return `${window}-day${lowest === undefined ? '' : `, lowest ${show(lowest.value)}`}`;
  if (kind === 'repeat') return `${window}-day, for ${count(days, 'day')}`;
  return `${window}-day${before === null ? '' : `, was ${show(before.value)}`}`;
}

export function leadOf(dip: Dip, brand: string, { smoothed, show }: FigureWords): string {
  const { kind, rule, value, since, day, before, last, lowest, isUndone } = dip;
  const isDayBefore = before?.day === since - 1;
  const subject = `The ${smoothed} of ${brand}`;
  if (kind === 'resolved' && isUndone)
    return `Posts that arrived late changed the figures: with them, the ${smoothed} of ${brand} was not below ${show(rule.below)} on ${dayAndMonth(since)}. The alert about it is withdrawn. On ${longDate(day)} it is ${show(value)}.`;
  if (kind === 'resolved')
    return `${subject} is back at ${show(value)} on ${longDate(day)}. The dip that began on ${dayAndMonth(since)} is over after ${count((last ?? day - 1) - since + 1, 'day')}${lowest === undefined ? '' : `; its lowest was ${show(lowest.value)} on ${dayAndMonth(lowest.day)}`}.`;
  if (value >= rule.below)
    return `${subject} went below ${show(rule.below)} on ${dayAndMonth(since)}. On ${longDate(day)} it stands at ${show(value)}: above the threshold again, but not yet at ${show(rule.recoverAbove)}, where the alert ends.`;
  if (day > since) {
    const from =
      before === null
        ? ''
        : `, from ${show(before.value)} ${isDayBefore ? 'the day before' : `on ${dayAndMonth(before.day)}`},`;
    return `${subject} went below the threshold of ${show(rule.below)} on ${dayAndMonth(since)}${from} and stands at ${show(value)} on ${longDate(day)}.`;
  }
  const verb = before !== null && before.value > value ? 'fell to' : 'stands at';
  const was =
    before === null
      ? ''
      : ` ${isDayBefore ? 'The day before' : `On ${dayAndMonth(before.day)}`} it was ${show(before.value)}.`;
  return `${subject} ${verb} ${show(value)} on ${longDate(day)}, below the threshold of ${show(rule.below)}.${was}`;
}

export function certaintyOf({ kind, rule, value, high }: Dip, { interval }: FigureWords): string {
  if (interval === null || high === null) return 'Too few different authors wrote to tell how sure this is.';
  const start = `The ${percent(0.95, 0)} interval is ${interval}`;
  if (kind === 'resolved' || value >= rule.below) return `${start}.`;
  return high < rule.below
    ? `${start}: all of it below the threshold, so this is hardly chance.`
    : `${start} and reaches the threshold: this may be chance, so read the posts before you act.`;
}

export function basisOf({ day, windowFrom, posts, recent, missed }: Dip): string {
  const newest = recent.findLast((figures) => figures.day === day);
  return `The figure rests on ${count(posts, 'post')} from ${spanOfDays(windowFrom, day)}.${
    newest
      ? ` On ${dayAndMonth(day)} alone: ${count(newest.total, 'post')} by ${count(newest.users, 'author')}, ${figureText('positive_rate', newest.positiveRate.value)} of them positive.`
      : ''
  }${missed ? ` ${missedText(missed)}` : ''}`;
}

export function resolveOf({ kind, rule }: Dip, { smoothed }: FigureWords): string {
  if (kind === 'resolved' && rule.limitMoves) return 'The next mail comes with the next such dip.';
  if (kind === 'resolved')
    return `The next mail comes when the ${smoothed} falls below ${figureText(rule.metric, rule.below)} again.`;
  return `The alert ends when the ${smoothed} is ${rule.limitMoves ? 'about ' : ''}${figureText(rule.metric, rule.recoverAbove)} or more, measured on at least ${count(rule.minPosts, 'post')}. A mail will say so.`;
}
