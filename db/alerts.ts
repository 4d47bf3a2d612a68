import type { Selectable } from 'kysely';
import type { Day } from '../src/calendar.ts';
import type { Schema } from './schema.ts';
import type { Reader, Tx } from './store.ts';

export type AlertEventRow = Selectable<Schema['alert_events']>;
export type NewAlertEvent = Omit<AlertEventRow, 'revision'>;

/** A rule's decisions, the newest revision of each day, in ascending order. */
export async function latestEvents(
  reader: Reader,
  ruleId: string,
  range: { from?: Day; to?: Day } = {},
): Promise<AlertEventRow[]> {
  let query = reader.db.selectFrom('alert_events').selectAll().where('rule_id', '=', ruleId);
  if (range.from !== undefined) query = query.where('day', '>=', range.from);
  if (range.to !== undefined) query = query.where('day', '<=', range.to);
  const newest = new Map<Day, AlertEventRow>();
  for (const row of await query.orderBy('day').orderBy('revision').execute()) newest.set(row.day, row);
  return [...newest.values()].map((row) => ({ ...row, data_seq: Number(row.data_seq) }));
}

/** The days on which a rule fired, and whether it did on the newest day that was decided. */
export interface FiringDays {
  readonly days: readonly Day[];
  readonly isFiring: boolean;
}

/** The same of several rules at once, by rule; one without decisions is missing. */
export async function firingDaysOf(
  reader: Reader,
  ruleIds: readonly string[],
  { from, to }: { from?: Day | undefined; to: Day },
): Promise<Map<string, FiringDays>> {
  const decided = new Map<string, Map<Day, AlertEventRow['to_state']>>();
  for (let start = 0; start < ruleIds.length; start += 500) {
    let query = reader.db
      .selectFrom('alert_events')
      .select(['rule_id', 'day', 'to_state'])
      .where('rule_id', 'in', ruleIds.slice(start, start + 500))
      .where('day', '<=', to);
    if (from !== undefined) query = query.where('day', '>=', from);
    for (const { rule_id, day, to_state } of await query
      .orderBy('rule_id')
      .orderBy('day')
      .orderBy('revision')
      .execute()) {
      const states = decided.get(rule_id) ?? new Map<Day, AlertEventRow['to_state']>();
      // The newest revision of a day is the last.
      decided.set(rule_id, states.set(day, to_state));
    }
  }
  return new Map(
    [...decided].map(([ruleId, states]) => [
      ruleId,
      {
        days: [...states].flatMap(([day, state]) => (state === 'firing' ? day : [])),
        isFiring: [...states.values()].at(-1) === 'firing',
      },
    ]),
  );
}

/** Every decision about a rule's day, the first one first. */
export async function revisionsOfDay(reader: Reader, ruleId: string, day: Day): Promise<AlertEventRow[]> {
  const rows = await reader.db
    .selectFrom('alert_events')
    .selectAll()
    .where('rule_id', '=', ruleId)
    .where('day', '=', day)
    .orderBy('revision')
    .execute();
  return rows.map((row) => ({ ...row, data_seq: Number(row.data_seq) }));
}

/** The logical clock of the data that the rule was last decided on, or null before its first decision. */
export async function newestEventSeq(reader: Reader, ruleId: string): Promise<number | null> {
  const row = await reader.db
    .selectFrom('alert_events')
    .select((eb) => eb.fn.max('data_seq').as('seq'))
    .where('rule_id', '=', ruleId)
    .executeTakeFirst();
  return row?.seq === null || row?.seq === undefined ? null : Number(row.seq);
}

/** Appends decisions, at most one for a rule and day, each as the next revision there. */
export async function appendEvents(tx: Tx, events: readonly NewAlertEvent[]): Promise<void> {
  for (let start = 0; start < events.length; start += 200) {
    const part = events.slice(start, start + 200);
    const known = await tx.db
      .selectFrom('alert_events')
      .select((eb) => ['rule_id', 'day', eb.fn.max('revision').as('revision')])
      .where('rule_id', 'in', [...new Set(part.map(({ rule_id }) => rule_id))])
      .where('day', 'in', [...new Set(part.map(({ day }) => day))])
      .groupBy(['rule_id', 'day'])
      .execute();
    const revisions = new Map(known.map((row) => [`${row.rule_id} ${row.day}`, row.revision]));
    await tx.db
      .insertInto('alert_events')
      .values(part.map((event) => ({ ...event, revision: (revisions.get(`${event.rule_id} ${event.day}`) ?? 0) + 1 })))
      .execute();
  }
}

/** The newest day that any rule was decided on, or null before the first decision. */
export async function newestDecidedDay(reader: Reader): Promise<Day | null> {
  const row = await reader.db
    .selectFrom('alert_events')
    .select((eb) => eb.fn.max('day').as('day'))
    .executeTakeFirst();
  return row?.day ?? null;
}

/** A decision that was made again: as it was before, and as it is now. */
export interface RevisedDecision {
  before: AlertEventRow;
  after: AlertEventRow;
}

/** The decisions that backfills from a run on made again, each against what it was before the first of them; by rule and day. */
export async function revisedBy(reader: Reader, firstRunId: number): Promise<RevisedDecision[]> {
  const rows = await reader.db
    .selectFrom('alert_events as e')
    .innerJoin('runs as r', 'r.run_id', 'e.run_id')
    .selectAll('e')
    .where('e.run_id', '>=', firstRunId)
    .where('r.kind', '=', 'backfill')
    .where('e.revision', '>', 1)
    .orderBy('e.rule_id')
    .orderBy('e.day')
    .orderBy('e.revision')
    .execute();
  const revised: RevisedDecision[] = [];
  for (const after of rows) {
    const last = revised.at(-1);
    if (last && last.after.rule_id === after.rule_id && last.after.day === after.day) {
      last.after = after;
      continue;
    }
    const before = await reader.db
      .selectFrom('alert_events')
      .selectAll()
      .where('rule_id', '=', after.rule_id)
      .where('day', '=', after.day)
      .where('revision', '=', after.revision - 1)
      .executeTakeFirst();
    if (before) revised.push({ before, after });
  }
  return revised;
}
