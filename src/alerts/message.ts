import { formatDay } from '../calendar.ts';
import { type AlertContent, BRAND_IN_BODY, BRAND_IN_SUBJECT, silenceCommand } from './alert-content.ts';
import { type Dip, type FigureWords, figuresOf } from './dip.ts';
import { quotesOf } from './dip-quotes.ts';
import { basisOf, certaintyOf, leadOf, noteOfSubject, resolveOf, titleOf } from './dip-sentences.ts';
import type { Rule } from './rule.ts';
import { opinionText } from './second-opinion.ts';
import { capital, count, longDate, oneLine, shortDate, shorten } from './words.ts';

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
    recent: dip.series.map(({ day, total, daily, smoothed }) => ({
      date: shortDate(day),
      daily: figure.show(daily.value),
      smoothed: smoothed ? figure.show(smoothed.value) : '–',
      posts: total.toLocaleString('en-US'),
    })),
    events: dip.events.map((event) => ({
      date: shortDate(event.day),
      text: shorten(oneLine(event.text.slice(0, 2000)), 200),
    })),
    ...quotesOf(dip, show),
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

function spanNote({ windowFrom, day }: Dip): string {
  const days = day - windowFrom + 1;
  return days === 1 ? 'in 1 day' : `in ${days} days`;
}
