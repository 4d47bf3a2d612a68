import type { AlertContent } from './alert-content.ts';
import type { DigestContent } from './digest.ts';
import type { StandingLine } from './still-standing.ts';
import { count } from './words.ts';

/** All that a team is told at once. */
export interface TeamMail {
  /** The most important first. */
  readonly alerts: readonly TeamAlert[];
  readonly digest: DigestContent | null;
  /** Alerts that it was told of before and that still stand. */
  readonly standing: readonly StandingLine[];
  /** Length of the moving average in days, for the digest's table. */
  readonly window: number;
  readonly to: readonly string[];
  readonly team: string;
  readonly isSample: boolean;
}

export interface TeamAlert {
  /** The number that `monitor alerts feedback` takes. */
  readonly number: number;
  readonly content: AlertContent;
  /** The content id of its chart; null without one. */
  readonly cid: string | null;
}

/** Alerts that a mail tells in full; the others stand in its list, so that no mail program cuts it (at 102 kB). */
export const FULL_ALERTS = 6;

const ORDER: Record<AlertContent['kind'], number> = { firing: 0, repeat: 1, resolved: 2 };

/** New dips first, then those that stand, then those that are over; each in the order in which they were found. */
export function inOrder<T extends { readonly content: AlertContent }>(alerts: readonly T[]): T[] {
  return alerts.toSorted((a, b) => ORDER[a.content.kind] - ORDER[b.content.kind]);
}

/** `2 new alerts, 1 alert over` */
export function headingOf({ alerts }: Pick<TeamMail, 'alerts'>): string {
  const of = (kind: AlertContent['kind']): number => alerts.filter(({ content }) => content.kind === kind).length;
  return [
    ...(of('firing') > 0 ? [count(of('firing'), 'new alert')] : []),
    ...(of('repeat') > 0 ? [`${of('repeat')} still standing`] : []),
    ...(of('resolved') > 0 ? [`${count(of('resolved'), 'alert')} over`] : []),
  ].join(', ');
}

/** The subject: that of the only alert, or the first and how many more. */
export function subjectOf(mail: TeamMail): string {
  const [first, ...others] = mail.alerts;
  const sample = mail.isSample ? '[SAMPLE] ' : '';
  if (mail.digest !== null) {
    const news = first === undefined ? 'nothing new' : headingOf(mail);
    return `${sample}[Daily digest] ${mail.digest.date}: ${news}`;
  }
  if (first === undefined) return `${sample}[monitor] nothing new`;
  return `${sample}${first.content.subject}${others.length === 0 ? '' : ` and ${others.length} more`}`;
}

/** A sample may be of a brand without a team. */
export function recipientsOf({ to, team }: TeamMail): string {
  return `${to.join(', ')}${team === '' ? '' : ` – team ${team}`}. Whoever runs this monitor can change the addresses and the rules.`;
}

export function scaleOf({ alerts, digest }: TeamMail): string {
  const scales = new Set(alerts.flatMap(({ content }) => (content.scale === '' ? [] : [content.scale])));
  // An alert on sentiment has said so already.
  if (digest !== null && ![...scales].some((scale) => scale.startsWith(DIGEST_SCALE))) scales.add(DIGEST_SCALE);
  return [...scales].join(' ');
}

const DIGEST_SCALE =
  'Sentiment is the mean score of the posts as a model reads them: 0 is all negative, 1 all positive.';
