import type { Generated } from 'kysely';
import type { Day } from '../src/calendar.ts';

/** The tables of what teams are told. */
export interface MessagesSchema {
  /** What is to be told, one row for each thing. */
  notifications: {
    notification_id: Generated<number>;
    dedupe_key: string;
    rule_id: string;
    day: Day;
    kind: NotificationKind;
    /** The team of the config that hears of it; null for the owner. */
    team: string | null;
    /** What it says, as JSON; empty once it is part of a message. */
    content: string;
    created_ms: number;
    /** It becomes part of a message at this time or later. */
    due_ms: number;
    message_id: Generated<number | null>;
  };
  /** What is sent: all that a team is told at once, rendered once. */
  messages: {
    message_id: Generated<number>;
    message_key: string;
    team: string | null;
    rendered: string;
    created_ms: number;
  };
  deliveries: {
    message_id: number;
    channel: 'smtp' | 'outbox' | 'webhook';
    /** `dead`: given up after its last attempt. */
    state: 'waiting' | 'sent' | 'dead';
    attempts: number;
    /** The next attempt is at this time or later. */
    next_ms: number;
    /** What the last attempt came to; of a mail that was sent, the recipients that the server refused for good. */
    last_error: string | null;
    /** Those who still wait, as a JSON array; null for all. */
    recipients: string | null;
  };
  /** What people answered about an alert. */
  feedback: { notification_id: number; verdict: Verdict; given_ms: number };
}

export type NotificationKind = 'firing' | 'repeat' | 'resolved' | 'digest' | 'sample' | 'rejects';
export type Verdict = 'useful' | 'false';
