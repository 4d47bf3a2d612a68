import { latestEvents, newestDecidedDay, revisionsOfDay } from '../db/alerts.ts';
import { brandIdOf } from '../db/brands.ts';
import { notificationsOf } from '../db/outbox.ts';
import type { AlertState } from '../db/schema.ts';
import { type SendDecisionRow, sendDecisionsOf } from '../db/send-decisions.ts';
import { seriesStatsOf } from '../db/series.ts';
import { listSilences } from '../db/silences.ts';
import type { Reader } from '../db/store.ts';
import { missingSources } from '../src/alerts/complete.ts';
import { decisionText, ruleText, type SendInputs, sendText, stateText, storedDecision } from '../src/alerts/explain.ts';
import { brandSources } from '../src/alerts/inputs.ts';
import { toldOf } from '../src/alerts/notify.ts';
import { type AlertRule, rulesOf } from '../src/alerts/rule.ts';
import type { SendReason } from '../src/alerts/send.ts';
import { silenceAt } from '../src/alerts/silence.ts';
import { SAYS_NOTHING } from '../src/alerts/standing.ts';
import type { StepInputs } from '../src/alerts/step.ts';
import { type Day, formatDay, type Zone } from '../src/calendar.ts';
import type { Config } from '../src/config/schema.ts';

/** Where a rule stands. */
export interface AlertLine {
  readonly brand: string;
  readonly rule_id: string;
  readonly rule: string;
  readonly state: AlertState;
  /** First day in this state, and the newest that was decided. */
  readonly since: string | null;
  readonly day: string | null;
  readonly value: number | null;
  readonly threshold: number | null;
  /** Why it is in this state. */
  readonly text: string;
  /** Whether the team has been told of an alert that stands. */
  readonly told: boolean;
  readonly silenced_until: string | null;
}

/** Every rule with where it stands, in the order of the settings. */
export async function alertLines(reader: Reader, config: Config, zone: Zone, nowMs: number): Promise<AlertLine[]> {
  const silences = await listSilences(reader);
  const lines: AlertLine[] = [];
  for (const rule of rulesOf(config)) {
    const events = await latestEvents(reader, rule.ruleId);
    const last = events.at(-1);
    const silence = silenceAt(silences, rule.brandSlug, nowMs);
    const begun = events.findLastIndex(({ to_state }) => to_state !== last?.to_state) + 1;
    const since = events[begun]?.day;
    const inputs = last && (JSON.parse(last.inputs) as StepInputs);
    lines.push({
      ...{ brand: rule.brandSlug, rule_id: rule.ruleId, rule: ruleText(rule), state: last?.to_state ?? 'inactive' },
      since: since === undefined ? null : formatDay(since),
      day: last ? formatDay(last.day) : null,
      ...{ value: inputs?.value ?? null, threshold: inputs?.threshold ?? null },
      text: last ? decisionText(rule, storedDecision(last)) : 'nothing has been decided yet',
      told: toldOf(await notificationsOf(reader, rule.ruleId)).open,
      silenced_until: silence ? localTime(silence.untilMs, zone) : null,
    });
  }
  return lines;
}

/** What was decided about a rule's day, in words and with everything that was looked at. */
export interface RuleExplanation {
  readonly rule_id: string;
  readonly rule: string;
  readonly state: AlertState | null;
  readonly reason: string | null;
  readonly inputs: StepInputs | null;
  readonly text: string;
  /** What the day was decided as before posts came late or were corrected, oldest first. */
  readonly earlier: readonly { state: AlertState; reason: string; inputs: StepInputs; text: string }[];
  /** Whether a mail left on the mornings after the day, and why; in the order in which it was decided. */
  readonly mail: readonly { sent: boolean; kind: string; reason: string; inputs: unknown; text: string }[];
}

export interface Explanation {
  readonly brand: string;
  readonly day: string;
  readonly rules: readonly RuleExplanation[];
}

/** Why a brand's alerts were on a day (by default the newest that was decided) as they were. Undefined before the first decision. */
export async function explainDay(
  reader: Reader,
  config: Config,
  zone: Zone,
  { brand, day }: { brand: string; day: Day | null },
): Promise<Explanation | undefined> {
  const rules = rulesOf(config).filter(({ brandSlug }) => brandSlug === brand);
  const asked = day ?? (await newestDayOf(reader, rules));
  if (asked === null) return undefined;
  const explained: RuleExplanation[] = [];
  for (const rule of rules) explained.push(await explainRule(reader, zone, rule, asked));
  return { brand, day: formatDay(asked), rules: explained };
}

async function newestDayOf(reader: Reader, rules: readonly AlertRule[]): Promise<Day | null> {
  const days = await Promise.all(rules.map(async ({ ruleId }) => (await latestEvents(reader, ruleId)).at(-1)?.day));
  const known = days.filter((day) => day !== undefined);
  return known.length === 0 ? await newestDecidedDay(reader) : Math.max(...known);
}

async function explainRule(reader: Reader, zone: Zone, rule: AlertRule, day: Day): Promise<RuleExplanation> {
  const revisions = await revisionsOfDay(reader, rule.ruleId, day);
  const event = revisions.at(-1);
  const sends = await sendDecisionsOf(reader, rule.ruleId, { from: day, to: day });
  const decision = event && storedDecision(event);
  const text = decision ? decisionText(rule, decision) : await undecidedText(reader, zone, rule, day);
  const mails = sends.map((row) => explainSend(row, zone));
  const why = decision === undefined || SAYS_NOTHING.includes(decision.reason) ? text : QUIET[decision.to];
  const quiet = { sent: false, kind: 'none', reason: decision?.reason ?? 'undecided', inputs: null, text: why };
  return {
    ...{ rule_id: rule.ruleId, rule: ruleText(rule), state: decision?.to ?? null, reason: decision?.reason ?? null },
    ...{ inputs: decision?.inputs ?? null, text },
    earlier: revisions.slice(0, -1).map((row) => {
      const { to: state, reason, inputs } = storedDecision(row);
      return { state, reason, inputs, text: `${stateText(state)}: ${decisionText(rule, storedDecision(row))}` };
    }),
    mail: mails.length > 0 ? mails : [quiet],
  };
}

/** What there is to say where nothing was decided about a mail. */
const QUIET: Readonly<Record<AlertState, string>> = {
  inactive: 'there is nothing to tell',
  no_data: 'there is nothing to tell',
  resolved: 'no run told of the alert, or none has looked yet',
  pending: 'the alert has not fired yet',
  firing: 'no run has looked at this day yet',
};

function explainSend(row: SendDecisionRow, zone: Zone): RuleExplanation['mail'][number] {
  const inputs = JSON.parse(row.inputs) as SendInputs;
  const text = sendText(row.reason as SendReason, inputs, (ms) => localTime(ms, zone));
  return { sent: row.sent === 1, kind: row.kind, reason: row.reason, inputs, text };
}

/** Why there is no decision about a day. */
async function undecidedText(reader: Reader, zone: Zone, rule: AlertRule, day: Day): Promise<string> {
  const brandId = await brandIdOf(reader, rule.brandSlug);
  if (brandId === undefined) return 'no posts of this brand have been read';
  if (rule.type === 'freshness') return 'no run looked at exports on the morning after this day';
  const newest = (await latestEvents(reader, rule.ruleId)).at(-1)?.day ?? Number.NEGATIVE_INFINITY;
  const missing = missingSources(await brandSources(reader, brandId, day), day, zone).map(({ name }) => name);
  if (day > newest && missing.length > 0)
    return `not decided yet: ${missing.join(', ')} has not delivered this day to its end`;
  const stats = await seriesStatsOf(reader, brandId, { from: day, to: day });
  if (!stats.some(({ n }) => n > 0)) return 'the day has no posts';
  return day > newest ? 'not decided yet: the next run does it' : 'this rule decided nothing about the day';
}

/** An instant as local time: `2026-03-31 18:00`. */
export function localTime(ms: number, zone: Zone): string {
  return new Date(zone.localOf(ms)).toISOString().slice(0, 16).replace('T', ' ');
}
