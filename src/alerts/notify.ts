import { type AlertEventRow, latestEvents } from '../../db/alerts.ts';
import { notificationsOf } from '../../db/outbox.ts';
import type { Verdict } from '../../db/schema-second-opinion.ts';
import { addSendDecision } from '../../db/send-decisions.ts';
import { listSilences, type Silence } from '../../db/silences.ts';
import { type Day, formatDay } from '../calendar.ts';
import type { Context } from '../context.ts';
import { throwIfAborted } from '../errors.ts';
import { type NewsRun, newsOf } from './news.ts';
import { orphanedAlerts } from './orphans.ts';
import type { Notice } from './queue.ts';
import { queueNotice } from './queue.ts';
import { type AlertRule, isSentimentRule, rulesOf } from './rule.ts';
import { mayLeave, opinionText, type SecondOpinion } from './second-opinion.ts';
import type { AskSecond } from './second-opinion-stage.ts';
import { decideSend, NOTHING_TOLD, type SendDecision, type SendReason, type Situation, type Told } from './send.ts';
import { silenceAt } from './silence.ts';
import { currentDip, isFiringOn } from './standing.ts';

export interface NotifyRun extends NewsRun {
  /** Brands whose input is unusual today, with what is: no mail about their dips leaves in this run. */
  readonly held?: ReadonlyMap<string, string>;
  /** Asks an accurate model about a dip, for rules that want it. */
  readonly askSecond?: AskSecond;
}

/** A mail that waits until the brand's input is as usual again. */
interface HeldMail {
  readonly rule: string;
  readonly since: string;
  readonly reason: string;
}

/** A mail that was wanted and kept back for another reason than unusual input. */
interface KeptBack {
  readonly rule: string;
  readonly reason: SendReason;
}

/** What an accurate model said of a dip, and what asking cost. */
interface Asked {
  readonly rule: string;
  readonly verdict: Verdict;
  /** Texts that it had to read, and seconds. */
  readonly read: number;
  readonly seconds: number;
}

/** What notifying did in a run. */
export interface NotifySummary {
  readonly firing: number;
  readonly mails: number;
  readonly held: readonly HeldMail[];
  readonly kept: readonly KeptBack[];
  readonly opinions: readonly Asked[];
}

/**
 * Decides for every rule whether its team is told of it on this morning, and puts what is told into the outbox. Every decision
 * about an alert is kept with its reason and all that it looked at, in one transaction with what is told.
 */
export async function notify(context: Context, run: NotifyRun): Promise<NotifySummary> {
  const { store, config, log, signal } = context;
  const silences = await listSilences(store.read);
  const held: HeldMail[] = [];
  const kept: KeptBack[] = [];
  const opinions: Asked[] = [];
  let firing = 0;
  let mails = 0;
  for (const rule of rulesOf(config)) {
    throwIfAborted(signal);
    const looked = await lookAt(context, run, rule, silences);
    if (looked === undefined) continue;
    const { events, told, situation } = looked;
    if (situation.state === 'firing') firing += 1;
    const wanted = decideSend(rule, told, situation);
    if (wanted.reason === 'nothing_to_tell') continue;
    const opinion = await secondOpinionOn(run, rule, wanted, events);
    if (opinion) {
      const { verdict, texts_read: read, seconds } = opinion;
      opinions.push({ rule: rule.ruleId, verdict, read, seconds });
    }
    const decision = opinion === undefined ? wanted : afterOpinion(wanted, rule, opinion);
    const notice = await newsOf(context, run, rule, { decision, told, events, opinion });
    const inputs = {
      ...inputsOf(situation, told, silences),
      ...(opinion === undefined ? {} : { second_opinion: opinionText(opinion) }),
    };
    if (await record(context, run, { rule, decision, notice, inputs })) mails += 1;
    else if (decision.reason !== 'already_told') {
      const dip = currentDip(events);
      const since = dip === undefined ? undefined : formatDay(dip.since);
      log.info({ rule: rule.ruleId, since, reason: decision.reason }, logText(decision));
      if (decision.reason === 'unusual_input')
        held.push({ rule: rule.ruleId, since: since ?? '', reason: situation.unusual ?? '' });
      else kept.push({ rule: rule.ruleId, reason: decision.reason });
    }
  }
  for (const orphan of await orphanedAlerts(context, run, silences)) {
    throwIfAborted(signal);
    if (await record(context, run, orphan)) mails += 1;
  }
  return { firing, mails, held, kept, opinions };
}

/** What the accurate model says of a dip that is about to be told; undefined for rules that don't ask, and other news. */
async function secondOpinionOn(
  run: NotifyRun,
  rule: AlertRule,
  { kind }: SendDecision,
  events: readonly AlertEventRow[],
): Promise<SecondOpinion | undefined> {
  if (kind !== 'firing' || !isSentimentRule(rule) || rule.secondOpinion === null) return undefined;
  const dip = currentDip(events);
  if (dip === undefined) return undefined;
  const { ruleId, brandSlug, metric, secondOpinion: settings } = rule;
  const { day, inputs } = dip.told;
  const about = { ruleId, brandSlug, metric, settings, runId: run.runId };
  return run.askSecond?.({ ...about, since: dip.since, day, windowFrom: inputs.windowFrom });
}

function afterOpinion(wanted: SendDecision, rule: AlertRule, opinion: SecondOpinion): SendDecision {
  const isRequired = isSentimentRule(rule) && rule.secondOpinion?.require === true;
  return mayLeave(opinion, isRequired) ? wanted : { kind: 'none', reason: 'second_opinion' };
}

/** Keeps a decision, and puts what follows from it into the outbox. Returns whether that is new. */
async function record(
  { store, config, clock, log }: Context,
  { newestDay, runId }: NewsRun,
  {
    rule: { ruleId },
    decision,
    notice,
    inputs,
  }: {
    readonly rule: Pick<AlertRule, 'ruleId'>;
    readonly decision: SendDecision;
    readonly notice: Notice | undefined;
    readonly inputs: object;
  },
): Promise<boolean> {
  const sent = notice !== undefined;
  const added = await store.transaction(async (tx) => {
    await addSendDecision(tx, {
      ...{ rule_id: ruleId, day: newestDay, run_id: runId, sent: sent ? 1 : 0 },
      ...{ kind: sent ? decision.kind : 'none', reason: decision.reason },
      inputs: JSON.stringify(inputs),
    });
    return notice === undefined ? undefined : queueNotice(tx, config, notice, clock());
  });
  if (added !== undefined && notice !== undefined && 'alert' in notice.content)
    log.info({ rule: ruleId, subject: notice.content.alert.subject }, 'alert queued');
  return added !== undefined;
}

async function lookAt(
  { store, clock }: Context,
  run: NotifyRun,
  rule: AlertRule,
  silences: readonly Silence[],
): Promise<{ events: AlertEventRow[]; told: Told; situation: Situation } | undefined> {
  const events = await latestEvents(store.read, rule.ruleId, { to: run.newestDay });
  const last = events.at(-1);
  if (last === undefined) return undefined;
  const told = toldOf(await notificationsOf(store.read, rule.ruleId));
  const situation: Situation = {
    day: run.newestDay,
    state: last.to_state,
    decidedDay: last.day,
    toldStillHolds: isFiringOn(events, told.firingDay),
    silence: silenceAt(silences, rule.brandSlug, clock())?.id ?? null,
    unusual: run.held?.get(rule.brandSlug) ?? null,
  };
  return { events, told, situation };
}

/** What mails about a rule, oldest first, have told its team. */
export function toldOf(mails: readonly { readonly kind: string; readonly day: Day }[]): Told {
  return mails.reduce<Told>(
    (told, { kind, day }) => ({
      open: kind !== 'resolved',
      firingDay: kind === 'resolved' ? told.firingDay : day,
      newestDay: Math.max(day, told.newestDay ?? day),
    }),
    NOTHING_TOLD,
  );
}

/** All that the decision looked at, for the record. */
function inputsOf(situation: Situation, told: Told, silences: readonly Silence[]): object {
  const silence = silences.find(({ id }) => id === situation.silence);
  return {
    ...{ state: situation.state, decided_day: situation.decidedDay, unusual: situation.unusual },
    ...{ told_open: told.open, told_firing_day: told.firingDay, told_still_holds: situation.toldStillHolds },
    silence: silence ? { id: silence.id, until_ms: silence.untilMs, author: silence.author } : null,
  };
}

function logText({ reason }: SendDecision): string {
  const texts: Partial<Record<SendReason, string>> = {
    no_team: 'no mail about this alert: the brand has no team, so nobody to send it to',
    no_recent_data: 'no mail about this alert: no data for longer than the window',
    unusual_input: 'mail about this dip held: the input is unusual, and drift.inhibit says to wait',
    silenced: 'no mail about this alert: a silence holds',
    second_opinion: 'no mail about this dip: the second opinion does not agree',
  };
  return texts[reason] ?? 'no mail about this alert';
}
