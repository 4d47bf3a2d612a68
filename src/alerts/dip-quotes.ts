import { createHash } from 'node:crypto';
import { percent } from '../percent.ts';
import type { AlertContent } from './alert-content.ts';
import type { Dip } from './dip.ts';
import type { DriverPost } from './drivers.ts';
import { oneLine, shortDate, shorten, spanOfDays } from './words.ts';

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

/** What stands above the quotes, the posts that moved the mean, and the terms that grew. */
export function quotesOf(
  { drivers, windowFrom, day, since }: Dip,
  show: (text: string) => string,
): Pick<AlertContent, 'quotesNote' | 'quotes' | 'terms'> {
  const span = spanOfDays(windowFrom, day);
  const week = day > since ? 'the week before the dip' : 'the week before';
  return {
    quotesNote: drivers.posts.some(({ share }) => share !== null)
      ? `${span}, against ${week}`
      : `The lowest of ${span}`,
    quotes: drivers.posts.map((post) => ({
      score: post.score.toFixed(2),
      note: quoteNote(post),
      text: quoteText(show(post.text)),
      hash: textHash(post.text),
    })),
    terms: drivers.terms.map(({ term, now, nowOf, before, beforeOf }) => ({
      term: oneLine(term),
      text: `in ${shareText(now, nowOf)} of negative posts, ${before === 0 ? 'none' : shareText(before, beforeOf)} in ${week}`,
    })),
  };
}

/** `Wed 4 Nov · 23 copies · 31 % of the drop` */
function quoteNote({ day, copies, share }: DriverPost): string {
  return [
    shortDate(day),
    ...(copies > 1 ? [`${copies.toLocaleString('en-US')} posts say this`] : []),
    ...(share !== null && share >= 0.01 ? [`${percent(Math.min(1, share), 0)} of the drop`] : []),
  ].join(' · ');
}

function shareText(part: number, whole: number): string {
  return percent(part / whole, part / whole < 0.01 ? 1 : 0);
}
