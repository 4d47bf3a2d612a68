import type { AlertEventRow } from '../../db/alerts.ts';
import { notificationsOf } from '../../db/outbox.ts';
import { type Day, formatDay } from '../calendar.ts';
import type { Context } from '../context.ts';
import type { AlertRun } from './decide.ts';
import { endNotice, firingNotice } from './notice.ts';
import type { Notice, NotificationContent } from './queue.ts';
import { type AlertRule, isSentimentRule, type SentimentRule } from './rule.ts';
import type { SecondOpinion } from './second-opinion.ts';
import type { SendDecision, Told } from './send.ts';
import { type CurrentDip, currentDip, type EndedAlert, endedAlert } from './standing.ts';
import { type AlertNews, type TellingRun, toldRule, writeAlert } from './tell.ts';

export interface NewsRun extends AlertRun, TellingRun {}

/** What was decided about a rule, what its team was told before, and the rule's days. */
interface News {
  readonly decision: SendDecision;
  readonly told: Told;
  readonly events: readonly AlertEventRow[];
  /** What the accurate model says of a new dip, where the rule asks one. */
  readonly opinion: SecondOpinion | undefined;
}

/** Writes what a team is to be told about a rule; undefined where there is nothing to write, or nothing to write it from. */
export async function newsOf(
  context: Context,
  run: NewsRun,
  rule: AlertRule,
  { decision: { kind }, told, events, opinion }: News,
): Promise<Notice | undefined> {
  const { team, ruleId } = rule;
  if (kind === 'none' || team === null) return undefined;
  // What has ended stands no longer, so one of the two is missing.
  const current = currentDip(events);
  const ended = kind === 'resolved' ? endedAlert(events, told.firingDay) : undefined;
  const content = current
    ? await contentOfDip(context, run, rule, { ...current, kind, opinion })
    : ended && (await contentOfEnd(context, run, rule, ended, told));
  if (content === undefined) return undefined;
  const since = current?.since ?? told.firingDay ?? run.newestDay;
  const dedupeKey = await freshKey(context, rule, kind, since, run.newestDay);
  return { dedupeKey, ruleId, day: run.newestDay, kind, team, content };
}

async function contentOfDip(
  context: Context,
  run: NewsRun,
  rule: AlertRule,
  {
    kind,
    since,
    told,
    before,
    opinion,
  }: CurrentDip & { readonly kind: AlertNews['kind']; readonly opinion: SecondOpinion | undefined },
): Promise<NotificationContent | undefined> {
  if (!isSentimentRule(rule)) return { alert: firingNotice(rule, kind, { since, told }), chart: null };
  return writeAlert(context, run, {
    ...{ ...figureNews(rule, told), kind, since, before },
    secondOpinion: opinion,
  });
}

async function contentOfEnd(
  context: Context,
  run: NewsRun,
  rule: AlertRule,
  ended: EndedAlert,
  { firingDay }: Told,
): Promise<NotificationContent | undefined> {
  const { span, now, lowest } = ended;
  if (now === null || !isSentimentRule(rule)) {
    const alert = endNotice(rule, ended, { toldDay: firingDay, newestDay: run.newestDay });
    return { alert, chart: null };
  }
  return writeAlert(context, run, {
    ...{ ...figureNews(rule, now), kind: 'resolved', before: null, lowest, isUndone: span === null },
    since: span?.from ?? firingDay ?? now.day,
    last: span?.to,
  });
}

/** A baseline's limit is that of the day, which stands in for a fixed threshold. */
function figureNews(
  rule: SentimentRule,
  { day, inputs }: CurrentDip['told'],
): Pick<AlertNews, 'rule' | 'window' | 'day' | 'figure'> {
  const { value, low, high, posts, windowFrom, threshold, recoverAbove } = inputs;
  return {
    rule: toldRule(rule, { below: threshold, recoverAbove }),
    window: rule.window,
    ...{ day, figure: { value, low, high, posts, windowFrom } },
  };
}

/**
 * The name of a piece of news, the same when a job that was killed is done again: by the first day of the alert; by how many there
 * were before where late posts bring back an alert of the same day.
 */
async function freshKey(
  { store }: Context,
  rule: AlertRule,
  kind: Notice['kind'],
  since: Day,
  newestDay: Day,
): Promise<string> {
  const earlier = await notificationsOf(store.read, rule.ruleId);
  const plain = `${rule.ruleId}:${formatDay(since)}`;
  const key = kind === 'firing' ? plain : `${plain}:${kind}:${formatDay(newestDay)}`;
  return earlier.some(({ dedupe_key }) => dedupe_key === key) ? `${key}:${earlier.length}` : key;
}
