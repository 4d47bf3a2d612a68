import { latestEvents } from '../../db/alerts.ts';
import { listAnnotations } from '../../db/annotations.ts';
import { brandIdOf } from '../../db/brands.ts';
import { addNotification, notificationsOf } from '../../db/outbox.ts';
import { lowestScoringPosts } from '../../db/posts.ts';
import { modelBreaks, modelSpans, seriesStatsOf } from '../../db/series.ts';
import { dailyFigures } from '../aggregate/figures.ts';
import { type Day, formatDay } from '../calendar.ts';
import type { Context } from '../context.ts';
import { throwIfAborted } from '../errors.ts';
import type { MissedNights } from '../missed-nights.ts';
import type { AlertRun } from './decide.ts';
import { channelOf } from './delivery.ts';
import { mailNames, type RenderedMail } from './mail.ts';
import { alertContent, type Dip } from './message.ts';
import { htmlPart } from './message-html.ts';
import { textPart } from './message-text.ts';
import { pickQuotes } from './quotes.ts';
import { type Rule, rulesOf } from './rule.ts';
import { mayLeave, type SecondOpinion } from './second-opinion.ts';
import type { AskSecond } from './second-opinion-stage.ts';
import { type CurrentDip, currentDip } from './standing.ts';

export interface NotifyRun extends AlertRun {
  /** Nights that this run made up, for the mail to say so. */
  readonly missed?: MissedNights | undefined;
  /** Brands whose input is unusual today, with what is: no mail about their dips leaves in this run. */
  readonly held?: ReadonlyMap<string, string>;
  /** Asks an accurate model about a dip, for rules that want it. */
  readonly askSecond?: AskSecond;
  /** Draws the PNG for the mail of a rule whose newest decided day is `day`. */
  chartFor(rule: Rule, day: Day): Uint8Array | Promise<Uint8Array>;
}

/** A mail that waits until the brand's input is as usual again. */
interface HeldMail {
  readonly rule: string;
  readonly since: string;
  readonly reason: string;
}

/** A mail that was not written because the accurate model does not see the dip. */
interface DoubtedMail {
  readonly rule: string;
  readonly since: string;
  readonly verdict: string;
}

/** Lowest scores to choose the quoted posts from: enough to get past a text that was copied many times. */
const QUOTE_CANDIDATES = 300;
/** Days in the small table of the text part. */
const RECENT_DAYS = 7;

/**
 * Puts a mail into the outbox for every rule that stands at firing and whose dip has not been mailed yet.
 * Dips without recipients, and those whose brand has had no data for longer than the window, are logged and left.
 */
export async function notify(
  context: Context,
  run: NotifyRun,
): Promise<{ firing: number; mails: number; held: HeldMail[]; doubted: DoubtedMail[] }> {
  const held: HeldMail[] = [];
  const doubted: DoubtedMail[] = [];
  const { store, config, log, signal } = context;
  let firing = 0;
  let mails = 0;
  for (const rule of rulesOf(config)) {
    throwIfAborted(signal);
    const dip = currentDip(await latestEvents(store.read, rule.ruleId, { to: run.newestDay }));
    if (!dip) continue;
    firing += 1;
    const about = { rule: rule.ruleId, since: formatDay(dip.since) };
    if (rule.recipients.length === 0) {
      log.info(about, 'no mail about this dip: the brand has no team, so nobody to send it to');
    } else if (dip.newest.day < run.newestDay - config.window) {
      log.info(
        { ...about, newest: formatDay(dip.newest.day) },
        'no mail about this dip: no data for longer than the window',
      );
    } else if (!(await isMailed(context, rule, dip.since, run.newestDay))) {
      const reason = run.held?.get(rule.brandSlug);
      if (reason !== undefined) {
        held.push({ rule: rule.ruleId, since: formatDay(dip.since), reason });
        log.warn(
          { ...about, reason },
          'mail about this dip held: the input is unusual, and drift.inhibit says to wait',
        );
        continue;
      }
      const opinion = await secondOpinionOn(run, rule, dip);
      if (opinion && !mayLeave(opinion, rule.secondOpinion?.require === true)) {
        doubted.push({ rule: rule.ruleId, since: formatDay(dip.since), verdict: opinion.verdict });
        log.warn({ ...about, verdict: opinion.verdict }, 'no mail about this dip: the second opinion does not agree');
        continue;
      }
      mails += (await queueMail(context, run, rule, dip, opinion)) ? 1 : 0;
    }
  }
  return { firing, mails, held, doubted };
}

/** What the accurate model says of a dip; undefined for rules that don't ask. */
async function secondOpinionOn(run: NotifyRun, rule: Rule, dip: CurrentDip): Promise<SecondOpinion | undefined> {
  const { ruleId, brandSlug, metric, secondOpinion: settings } = rule;
  if (settings === undefined) return undefined;
  const { day, inputs } = dip.told;
  const about = { ruleId, brandSlug, metric, settings, runId: run.runId };
  return run.askSecond?.({ ...about, since: dip.since, day, windowFrom: inputs.windowFrom });
}

/** Whether a mail about the run of firing days that began at `since` is in the outbox already. */
async function isMailed({ store }: Context, rule: Rule, since: Day, newestDay: Day): Promise<boolean> {
  const mails = await notificationsOf(store.read, rule.ruleId);
  return mails.some(({ day }) => day >= since && day <= newestDay);
}

async function queueMail(
  context: Context,
  run: NotifyRun,
  rule: Rule,
  current: CurrentDip,
  opinion: SecondOpinion | undefined,
): Promise<boolean> {
  const { store, config, clock, log } = context;
  const dip = await dipOf(context, run, rule, current);
  if (!dip) return false;
  const dedupeKey = `${rule.ruleId}:${formatDay(dip.since)}`;
  const { from } = config.mail;
  const { messageId, cid, file } = mailNames(dedupeKey, {
    from,
    newestDay: run.newestDay,
    brandSlug: rule.brandSlug,
  });
  const content = alertContent(opinion === undefined ? dip : { ...dip, secondOpinion: opinion });
  const chart = await run.chartFor(rule, dip.day);
  const createdMs = clock();
  const mail: RenderedMail = {
    from,
    to: rule.recipients,
    subject: content.subject,
    text: textPart(content),
    html: htmlPart(content, cid),
    chart: { cid, pngBase64: Buffer.from(chart).toString('base64') },
    messageId,
    dateMs: createdMs,
    file,
  };
  const notification = {
    dedupe_key: dedupeKey,
    rule_id: rule.ruleId,
    day: run.newestDay,
    kind: 'firing' as const,
    rendered: JSON.stringify(mail),
    created_ms: createdMs,
  };
  const added = await store.transaction((tx) => addNotification(tx, notification, channelOf(config)));
  if (added !== undefined) log.info({ rule: rule.ruleId, subject: mail.subject, file }, 'mail queued');
  return added !== undefined;
}

/** Gathers what the mail tells about a dip. */
async function dipOf(
  { store, config }: Context,
  run: NotifyRun,
  rule: Rule,
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
  const recent = dailyFigures(stats.slice(-(RECENT_DAYS + config.window)), config, modelBreaks(spans)).slice(
    -RECENT_DAYS,
  );
  const first = Math.min(inputs.windowFrom, recent[0]?.day ?? day);
  return {
    rule,
    since,
    day,
    ...inputs,
    window: config.window,
    before,
    recent,
    events: (await listAnnotations(store.read, brandId)).filter((event) => event.day >= first && event.day <= day),
    quotes: pickQuotes(lowest),
    missed: run.missed,
  };
}
