import type { Day } from '../calendar.ts';
import { html } from './html.ts';
import type { AlertRule } from './rule.ts';
import type { CurrentDip, EndedAlert, ToldInputs } from './standing.ts';
import { count, extraDecimals, figureText, longDate, METRIC_NAME, oneLine, shortDate, shorten } from './words.ts';

/** A mail of a few sentences: that an alert ended, or one about posts and exports, which have no figures to quote. */
export interface Notice {
  readonly subject: string;
  readonly sentences: readonly string[];
}

const BRAND_IN_SUBJECT = 40;

/** That an alert is over: by itself, or because late posts changed the days that it rested on. */
export function endNotice(rule: AlertRule, { span, now }: EndedAlert, toldDay: Day | null): Notice {
  const brand = oneLine(rule.brandName);
  const undone = span === null && toldDay !== null;
  const figure = now === null ? null : figureOf(rule, now.inputs.value);
  const limit = now === null ? '' : `, ${positionOf(rule, now.inputs)}`;
  return {
    subject: `[${shorten(brand, BRAND_IN_SUBJECT)}] resolved: ${watched(rule)}${figure === null ? '' : ` ${figure}${limit}`}`,
    sentences: [
      undone
        ? `The alert that we told of for ${longDate(toldDay)} is taken back: posts that arrived later, or a correction, changed the days that it rested on.`
        : `The alert of ${brand} is over.${span === null ? '' : ` It stood ${span.from === span.to ? `on ${longDate(span.from)}` : `from ${longDate(span.from)} to ${longDate(span.to)}`}.`}`,
      ...(now === null || figure === null
        ? []
        : [
            `On ${longDate(now.day)} the ${watched(rule)} is ${figure}${limit}${now.inputs.posts > 0 ? `, on ${count(now.inputs.posts, 'post')}` : ''}.`,
          ]),
    ],
  };
}

/** An alert of a rule on volume or freshness. */
export function firingNotice(rule: AlertRule, { since, told }: CurrentDip): Notice {
  const brand = oneLine(rule.brandName);
  const { value } = told.inputs;
  const figure = figureOf(rule, value);
  const position = positionOf(rule, told.inputs);
  const start = told.day > since ? ` It began on ${shortDate(since)}.` : '';
  const ends =
    rule.type === 'freshness'
      ? 'It ends with the next export. Until then the other alerts of this brand rest on old posts.'
      : 'Sentiment on such a day may rest on other people than usual, or on one event: read some posts before you trust it.';
  return {
    subject: `[${shorten(brand, BRAND_IN_SUBJECT)}] ${watched(rule)} ${figure}, ${position}`,
    sentences: [`${brand}: ${watched(rule)} ${figure} on ${longDate(told.day)}, ${position}.${start}`, ends],
  };
}

function watched(rule: AlertRule): string {
  if (rule.type === 'freshness') return 'last export';
  return rule.type === 'volume' ? 'volume' : METRIC_NAME[rule.metric];
}

function figureOf(rule: AlertRule, value: number): string {
  if (rule.type === 'freshness') return `${count(value, 'hour')} ago`;
  return rule.type === 'volume' ? count(value, 'post') : figureText(rule.metric, value);
}

function positionOf(rule: AlertRule, { value, threshold, usual }: ToldInputs): string {
  if (rule.type === 'freshness')
    return `${value > threshold ? 'more than' : 'within'} the ${count(threshold, 'hour')} set`;
  if (rule.type === 'volume') return `usually about ${Math.round(usual ?? 0).toLocaleString('en-US')}`;
  const extra = extraDecimals(rule.metric, value, threshold);
  return `${value < threshold ? 'below' : 'above'} ${figureText(rule.metric, threshold, extra)}`;
}

/** The two parts of the mail. */
export function noticeParts({ sentences }: Notice, footer: string): { text: string; html: string } {
  const lines = [...sentences, footer];
  return {
    text: `${lines.join('\n\n')}\n`,
    html: html`<!doctype html><html lang="en"><body style="font-family:sans-serif">${lines.map(
      (line) => html`<p>${line}</p>`,
    )}</body></html>`.source,
  };
}
