import { addMessage, type Channel } from '../../db/outbox.ts';
import { type Delivered, deliver } from '../../src/alerts/stage.ts';
import type { Refusal, Transport, Transports } from '../../src/alerts/transport.ts';
import { openWorld, type World } from './world.ts';

/** Those who get each mail. */
export const CARE = 'care@acme.example';
export const BOSS = 'boss@acme.example';

/** An attempt: by which way, the mail's subject, who was to get it, and when. */
type Attempt = [by: string, subject: string, recipients: readonly string[], nowMs: number];
export type Answer = () => readonly Refusal[] | Promise<readonly Refusal[]>;

/** An outbox whose mails leave by ways that a test makes, which answer as it says, without a server. */
export interface Outbox {
  readonly world: World;
  readonly attempts: readonly Attempt[];
  /** A way to send that takes every mail, but for the subjects with an answer of their own. */
  way(name: string, answers?: Record<string, Answer>): Transport;
  send(ways?: Partial<Transports>, context?: Partial<World['context']>): Promise<Delivered>;
  /** Puts a rendered message of the team `care` to two people into the outbox. */
  queue(subject: string, ...channels: Channel[]): Promise<void>;
  /** The deliveries in order, but for their numbers. */
  rows(): Promise<object[]>;
  /** What the log tells, without the time and the process. */
  logged(): Record<string, unknown>[];
}

export async function openOutbox(): Promise<Outbox> {
  const world = await openWorld();
  const attempts: Attempt[] = [];
  const outbox: Outbox = {
    ...{ world, attempts },
    way: (name, answers = {}) => ({
      async send({ subject }, recipients, nowMs) {
        attempts.push([name, subject, recipients, nowMs]);
        return (await answers[subject]?.()) ?? [];
      },
      close() {},
    }),
    send: (ways = {}, context = {}) =>
      deliver(
        { ...world.context, ...context },
        { outbox: outbox.way('outbox'), smtp: undefined, webhooks: new Map(), close() {}, ...ways },
      ),
    async queue(subject, ...channels) {
      const rendered = JSON.stringify({ subject, to: [CARE, BOSS], file: `${subject}.eml` });
      await world.store.transaction((tx) =>
        addMessage(
          tx,
          { message_key: `key of ${subject}`, team: 'care', rendered, created_ms: world.now },
          { channels, tells: [-1] },
        ),
      );
    },
    async rows() {
      const { db } = world.store.read;
      const rows = await db.selectFrom('deliveries').selectAll().orderBy('message_id').orderBy('channel').execute();
      return rows.map(({ message_id, next_ms, ...row }) => ({ ...row, next_ms: Number(next_ms) }));
    },
    logged: () =>
      world.logged.map((line) => {
        const { time, pid, hostname, ...said } = JSON.parse(line);
        return said;
      }),
  };
  return outbox;
}
