import { addNotification, newestMessageMs } from '../../db/outbox.ts';
import type { NotificationKind } from '../../db/schema-messages.ts';
import type { Tx } from '../../db/store.ts';
import type { Day } from '../calendar.ts';
import type { Config } from '../config/schema.ts';
import type { AlertContent } from './alert-content.ts';
import type { DigestContent } from './digest.ts';
import { dueAt } from './due.ts';
import type { RenderedMail } from './mail.ts';

/** What a waiting notification says: about an alert with its chart, a team's digest, or a mail that is ready. */
export type NotificationContent =
  | { readonly alert: AlertContent; readonly chart: string | null }
  | { readonly digest: DigestContent }
  | { readonly mail: RenderedMail };

export interface Notice {
  /** The same for the same thing to tell: it is queued once. */
  readonly dedupeKey: string;
  readonly ruleId: string;
  readonly day: Day;
  readonly kind: NotificationKind;
  /** The team that hears of it; null for the owner. */
  readonly team: string | null;
  readonly content: NotificationContent;
}

/**
 * Puts something to tell into the outbox, to go out with all else that its team is told at that time. Returns its number; undefined
 * when it is there already.
 */
export async function queueNotice(tx: Tx, config: Config, notice: Notice, nowMs: number): Promise<number | undefined> {
  const { dedupeKey, ruleId, day, kind, team, content } = notice;
  const settings = team === null || kind === 'sample' ? undefined : config.teams[team];
  const due =
    settings && team !== null ? dueAt(settings, config.time_zone, nowMs, await newestMessageMs(tx, team)) : nowMs;
  return addNotification(tx, {
    ...{ dedupe_key: dedupeKey, rule_id: ruleId, day, kind, team },
    ...{ content: JSON.stringify(content), created_ms: nowMs, due_ms: due },
  });
}
