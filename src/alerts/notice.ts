import { type Day, formatDay } from '../calendar.ts';
import { type AlertContent, type AlertKind, BRAND_IN_BODY, BRAND_IN_SUBJECT, silenceCommand } from './alert-content.ts';
import { ruleText } from './explain.ts';
import type { AlertRule } from './rule.ts';
import type { CurrentDip, EndedAlert, ToldInputs } from './standing.ts';
import { capital, count, dayAndMonth, longDate, METRIC_NAME, oneLine, shorten } from './words.ts';

/** What is told of an alert that has no figures of sentiment, in words. */
type Words = Pick<AlertContent, 'kind' | 'title' | 'lead' | 'certainty' | 'resolve'> & {
  readonly rule: AlertRule;
  readonly day: Day;
  readonly facts?: AlertContent['facts'];
};

/** An alert of a rule on volume or freshness. */
export function firingNotice(
  rule: AlertRule,
  kind: AlertKind,
  { since, told: { day, inputs } }: Pick<CurrentDip, 'since' | 'told'>,
): AlertContent {
  const brand = brandOf(rule);
  const begun = day > since ? ` It began on ${dayAndMonth(since)}.` : '';
  const still = kind === 'repeat' ? 'still ' : '';
  if (rule.type === 'freshness')
    return content({
      ...{ rule, day, kind },
      title: `${still}no export for ${count(inputs.value, 'hour')}`,
      lead: `The last export with posts of ${brand} came ${count(inputs.value, 'hour')} before the morning after ${longDate(day)}; the limit is ${count(inputs.threshold, 'hour')}.${begun}`,
      certainty: 'Until the next export, everything else that is told of this brand rests on old posts.',
      resolve: 'The alert ends with the next export. A mail will say so.',
    });
  const [posts, usual] = [count(inputs.value, 'post'), whole(inputs.usual ?? 0)];
  const more = inputs.value > (inputs.usual ?? 0);
  const isBeyond = more ? inputs.value > inputs.threshold : inputs.value < inputs.threshold;
  const limit = `the limit of ${whole(inputs.threshold)}`;
  const position = isBeyond
    ? `That is ${more ? 'above' : 'below'} ${limit}.`
    : `That is within ${limit} again, but not yet at ${whole(inputs.recoverAbove)}, where the alert ends.`;
  return content({
    ...{ rule, day, kind, facts: volumeFacts(inputs) },
    title: `${still}${posts} in a day, usually about ${usual}`,
    lead: `${brand} had ${posts} on ${longDate(day)}; about ${usual} are usual on such a day. ${position}${begun}`,
    certainty: more
      ? 'On such a day many write because of one event, and the sentiment is that of other people than usual: read some posts before you trust it.'
      : 'Sentiment on few posts moves by chance, and posts may be missing: look whether the export is complete.',
    resolve: `The alert ends on a day with ${more ? 'at most' : 'at least'} ${count(Math.round(inputs.recoverAbove), 'post')}. A mail will say so.`,
  });
}

/** That an alert without figures of sentiment is over: by itself, or because late posts changed the days that it rested on. */
export function endNotice(
  rule: AlertRule,
  { span, now }: EndedAlert,
  { toldDay, newestDay }: { readonly toldDay: Day | null; readonly newestDay: Day },
): AlertContent {
  const brand = brandOf(rule);
  const withdrawn = span === null;
  const stood = withdrawn
    ? `The alert that you were told of for ${longDate(toldDay ?? newestDay)} is withdrawn: posts that arrived late, or a correction, changed the days that it rested on.`
    : `The alert of ${brand} is over. It stood ${span.from === span.to ? `on ${dayAndMonth(span.to)}` : `from ${dayAndMonth(span.from)} to ${dayAndMonth(span.to)}`}.`;
  const next = { resolve: `The next mail comes with the next alert: ${ruleText(rule)}.` };
  const about = { rule, day: now?.day ?? newestDay, kind: 'resolved' as const, ...next };
  if (now === null || 'metric' in rule) {
    const name = 'metric' in rule ? METRIC_NAME[rule.metric] : rule.type;
    const title = `${name}: ${withdrawn ? 'alert withdrawn' : 'alert over'}`;
    return content({ ...about, title, lead: stood, certainty: 'There is no newer figure.' });
  }
  if (rule.type === 'freshness')
    return content({
      ...{ ...about, title: 'exports arrive again', lead: stood },
      certainty: `On the morning after ${longDate(now.day)} the last export was ${count(now.inputs.value, 'hour')} old.`,
    });
  return content({
    ...{ ...about, facts: volumeFacts(now.inputs), lead: stood },
    title: `${count(now.inputs.value, 'post')} a day, ${withdrawn ? 'alert withdrawn' : 'as usual again'}`,
    certainty: `On ${longDate(now.day)} it was ${count(now.inputs.value, 'post')}; about ${whole(now.inputs.usual ?? 0)} are usual.`,
  });
}

function volumeFacts({ value, usual, threshold }: ToldInputs): AlertContent['facts'] {
  return [
    { label: 'That day', value: whole(value), note: '' },
    { label: 'Usual', value: whole(usual ?? 0), note: '' },
    { label: 'Limit', value: whole(threshold), note: '' },
  ];
}

function content({ rule, day, title, facts = [], ...words }: Words): AlertContent {
  const brand = oneLine(rule.brandName);
  return {
    ...{ ...words, slug: rule.brandSlug, ruleId: rule.ruleId, day: formatDay(day), facts },
    subject: `[${shorten(brand, BRAND_IN_SUBJECT)}] ${title}`,
    ...{ brand: shorten(brand, BRAND_IN_BODY), date: longDate(day), title: capital(title) },
    ...{ basis: '', recent: [], dailyLabel: '', smoothedLabel: '', events: [], quotesNote: '', quotes: [], terms: [] },
    rule: `${capital(ruleText(rule))}.`,
    silence: silenceCommand(rule.brandSlug, day),
    ...{ page: '', scale: '' },
  };
}

function brandOf({ brandName }: AlertRule): string {
  return shorten(oneLine(brandName), BRAND_IN_BODY);
}

function whole(number: number): string {
  return Math.round(number).toLocaleString('en-US');
}
