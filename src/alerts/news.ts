import type { AlertEventRow } from '../../db/alerts.ts';
import { listAnnotations } from '../../db/annotations.ts';
import { brandIdOf } from '../../db/brands.ts';
import { addNotification, notificationsOf } from '../../db/outbox.ts';
import { lowestScoringPosts } from '../../db/posts.ts';
import { modelBreaks, modelSpans, seriesStatsOf } from '../../db/series.ts';
import type { Tx } from '../../db/store.ts';
import { dailyFigures } from '../aggregate/figures.ts';
import { type Day, formatDay } from '../calendar.ts';
import type { Context } from '../context.ts';
import type { MissedNights } from '../missed-nights.ts';
import type { AlertRun } from './decide.ts';
import { channelOf } from './delivery.ts';
import { mailNames, type RenderedMail } from './mail.ts';
import { alertContent, type Dip } from './message.ts';
import { htmlPart } from './message-html.ts';
import { textPart } from './message-text.ts';
import { endNotice, firingNotice, noticeParts } from './notice.ts';
import { pickQuotes } from './quotes.ts';
import { type AlertRule, isSentimentRule, type Rule, type SentimentRule } from './rule.ts';
import type { SendDecision, Told } from './send.ts';
import { type CurrentDip, currentDip, endedAlert } from './standing.ts';

export interface NewsRun extends AlertRun {
  /** Nights that this run made up, for the mail to say so. */
  readonly missed?: MissedNights | undefined;
  /** Draws the PNG for the mail of a rule whose newest decided day is `day`. */
  chartFor(rule: Rule, day: Day): Uint8Array | Promise<Uint8Array>;
}

/** What is to be told about a rule, and what was told and decided before. */
interface News {
  readonly decision: SendDecision;
  readonly told: Told;
  readonly events: readonly AlertEventRow[];
}

interface NewsMail {
  readonly kind: Exclude<SendDecision['kind'], 'none'>;
  readonly dedupeKey: string;
  readonly mail: RenderedMail;
}

/** Lowest scores to choose the quoted posts from: enough to get past a text that was copied many times. */
const QUOTE_CANDIDATES = 300;
/** Days in the small table of the text part. */
const RECENT_DAYS = 7;

/** Writes the mail about a rule; undefined where there is nothing to write it from. */
export async function newsMail(
  context: Context,
  run: NewsRun,
  rule: AlertRule,
  { decision: { kind }, told, events }: News,
): Promise<NewsMail | undefined> {
  if (kind === 'none') return undefined;
  const { config, clock } = context;
  const current = currentDip(events);
  if (kind !== 'resolved' && current === undefined) return undefined;
  const since = current?.since ?? told.firingDay ?? run.newestDay;
  const dedupeKey = await freshKey(context, rule, kind, since, run.newestDay);
  const { from } = config.mail;
  const { messageId, cid, file } = mailNames(dedupeKey, {
    ...{ from, newestDay: run.newestDay, brandSlug: rule.brandSlug },
  });
  const parts = async (): Promise<Pick<RenderedMail, 'subject' | 'text' | 'html' | 'chart'> | undefined> => {
    if (kind === 'resolved' || current === undefined || !isSentimentRule(rule)) {
      const notice =
        kind === 'resolved' || current === undefined
          ? endNotice(rule, endedAlert(events, told.firingDay), told.firingDay)
          : firingNotice(rule, current);
      return { subject: notice.subject, ...noticeParts(notice, footerOf(rule)), chart: null };
    }
    const dip = await dipOf(context, run, rule, current);
    if (!dip) return undefined;
    const content = alertContent(dip);
    const chart = await run.chartFor(dip.rule, dip.day);
    return {
      ...{ subject: content.subject, text: textPart(content), html: htmlPart(content, cid) },
      chart: { cid, pngBase64: Buffer.from(chart).toString('base64') },
    };
  };
  const written = await parts();
  if (written === undefined) return undefined;
  return { kind, dedupeKey, mail: { from, to: rule.recipients, ...written, messageId, dateMs: clock(), file } };
}

/** Puts the mail into the outbox; undefined when it is there already. */
export function addNews(
  tx: Tx,
  { config }: Context,
  rule: AlertRule,
  run: NewsRun,
  { kind, dedupeKey, mail }: NewsMail,
): Promise<number | undefined> {
  return addNotification(
    tx,
    {
      ...{ dedupe_key: dedupeKey, rule_id: rule.ruleId, day: run.newestDay, kind },
      ...{ rendered: JSON.stringify(mail), created_ms: mail.dateMs },
    },
    channelOf(config),
  );
}

function footerOf({ recipients, brandSlug }: AlertRule): string {
  return `To ${recipients.join(', ')}. Why this mail: monitor alerts explain ${brandSlug}. No mails for some days: monitor alerts silence ${brandSlug} --until DATE --comment WHY.`;
}

/**
 * The name of a piece of news, the same when a job that was killed is done again: by the first day of the alert; by how many mails
 * there were where late posts bring back an alert of the same day.
 */
async function freshKey(
  { store }: Context,
  rule: AlertRule,
  kind: NewsMail['kind'],
  since: Day,
  newestDay: Day,
): Promise<string> {
  const mails = await notificationsOf(store.read, rule.ruleId);
  const plain = `${rule.ruleId}:${formatDay(since)}`;
  const key = kind === 'firing' ? plain : `${plain}:${kind}:${formatDay(newestDay)}`;
  return mails.some(({ dedupe_key }) => dedupe_key === key) ? `${key}:${mails.length}` : key;
}

/** Gathers what the mail tells about a dip. A baseline's limit is that of the day, which stands in for a fixed threshold. */
async function dipOf(
  { store, config }: Context,
  run: NewsRun,
  rule: SentimentRule,
  { since, told, before }: CurrentDip,
): Promise<Dip | undefined> {
  const brandId = await brandIdOf(store.read, rule.brandSlug);
  if (brandId === undefined) return undefined;
  const { day, inputs } = told;
  const stats = (await seriesStatsOf(store.read, brandId, { to: day })).filter(({ n }) => n > 0);
  const spans = await modelSpans(store.read);
  // The posts that are quoted are those that the model of that day finds worst.
  const network = spans.findLast(({ from }) => from === null || from <= day);
  if (!network) return undefined;
  const lowest = await lowestScoringPosts(store.read, {
    networkId: network.networkId,
    brandId,
    from: inputs.windowFrom,
    to: day,
    limit: QUOTE_CANDIDATES,
  });
  const smoothing = { ...config, window: rule.window };
  const recent = dailyFigures(stats.slice(-(RECENT_DAYS + rule.window)), smoothing, modelBreaks(spans)).slice(
    -RECENT_DAYS,
  );
  const first = Math.min(inputs.windowFrom, recent[0]?.day ?? day);
  const { value, low, high, posts, windowFrom } = inputs;
  return {
    rule: { ...rule, below: inputs.threshold, recoverAbove: inputs.recoverAbove },
    ...{ since, day, value, low, high, posts, windowFrom, window: rule.window, before, recent },
    events: (await listAnnotations(store.read, brandId)).filter((event) => event.day >= first && event.day <= day),
    quotes: pickQuotes(lowest),
    missed: run.missed,
  };
}
