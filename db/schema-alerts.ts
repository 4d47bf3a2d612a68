import type { Generated } from 'kysely';
import type { Day } from '../src/calendar.ts';

/** Tables about what is sent and what is kept back. */
export interface AlertsSchema {
  silences: {
    silence_id: Generated<number>;
    /** The brand; null for all. */
    brand_id: number | null;
    from_ms: number;
    until_ms: number;
    author: string;
    comment: string;
    /** When somebody ended it before its time. */
    ended_ms: number | null;
  };
  /** Whether a mail about a rule left or not, for each morning, and why; append-only. */
  send_decisions: {
    rule_id: string;
    day: Day;
    revision: number;
    run_id: number;
    /** 1 where something was put into the outbox. */
    sent: number;
    kind: 'firing' | 'repeat' | 'resolved' | 'none';
    reason: string;
    inputs: string;
  };
}
