import { createHash } from 'node:crypto';
import { addMessage, type NotificationRow, waitingNotifications } from '../../db/outbox.ts';
import type { Config } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { chatMessage } from './chat.ts';
import { mailNames, type RenderedMail } from './mail.ts';
import { htmlPart } from './message-html.ts';
import { textPart } from './message-text.ts';
import type { NotificationContent } from './queue.ts';
import { type StandingLine, stillStanding } from './still-standing.ts';
import { headingOf, inOrder, subjectOf, type TeamAlert, type TeamMail } from './team-mail.ts';
import { channelsOf } from './transport.ts';
import { oneLine } from './words.ts';

type ComposeContext = Pick<Context, 'store' | 'config' | 'clock' | 'log'>;

/** Makes one message of all that waits for a team, once some of it is due; the owner's mails go each by itself. */
export async function composeMessages({ store, config, clock, log }: ComposeContext): Promise<void> {
  const nowMs = clock();
  for (const rows of Map.groupBy(await waitingNotifications(store.read), groupOf).values()) {
    const [first] = rows;
    if (!first || rows.every(({ due_ms }) => due_ms > nowMs)) continue;
    const team = first.team === null ? undefined : config.teams[first.team];
    if (first.team !== null && !team) {
      log.warn({ team: first.team, notifications: rows.length }, 'not sent: the team is no longer in the settings');
      continue;
    }
    const toldNow = new Set(rows.map(({ rule_id }) => rule_id));
    const standing = async (name: string): Promise<StandingLine[]> =>
      first.kind === 'sample' ? [] : stillStanding({ store, config }, name, toldNow);
    const mail =
      first.team === null
        ? ownerMail(first)
        : teamMail(config, first.team, { rows, standing: await standing(first.team) }, nowMs);
    await store.transaction((tx) =>
      addMessage(
        tx,
        { message_key: keyOf(rows), team: first.team, rendered: JSON.stringify(mail), created_ms: nowMs },
        { channels: channelsOf(config, team), tells: rows.map(({ notification_id }) => notification_id) },
      ),
    );
  }
}

/** A team's notifications go together; a sample, and what the owner is told, alone. */
function groupOf({ notification_id, team, kind }: NotificationRow): string {
  return team === null || kind === 'sample' ? `alone ${notification_id}` : `team ${team}`;
}

/** A message is named by what it tells. */
function keyOf(rows: readonly NotificationRow[]): string {
  const [first = '', ...others] = rows.map(({ dedupe_key }) => dedupe_key);
  if (others.length === 0) return first;
  const hash = createHash('sha256').update([first, ...others].join('\n'));
  return `${first} +${others.length} ${hash.digest('hex').slice(0, 16)}`;
}

function ownerMail({ content }: NotificationRow): RenderedMail {
  const parsed = JSON.parse(content) as NotificationContent;
  if ('mail' in parsed) return parsed.mail;
  throw new Error('a notification without a team is not a mail');
}

/** Renders the one mail that tells a team all of this, at its addresses or at others. */
export function teamMail(
  config: Config,
  team: string,
  {
    rows,
    standing,
    addresses = config.teams[team]?.to ?? [],
  }: {
    readonly rows: readonly NotificationRow[];
    readonly standing: readonly StandingLine[];
    readonly addresses?: readonly string[];
  },
  nowMs: number,
): RenderedMail {
  const { from } = config.mail;
  const to = addresses.map(oneLine);
  const parsed = rows.map((row) => ({ row, content: JSON.parse(row.content) as NotificationContent }));
  const found = parsed.flatMap(({ row, content }) =>
    'alert' in content ? [{ number: row.notification_id, content: content.alert, chart: content.chart }] : [],
  );
  const digest = parsed.findLast(({ content }) => 'digest' in content)?.content;
  const ordered = inOrder(found);
  const [slug = team, ...otherSlugs] = new Set(ordered.map(({ content }) => content.slug));
  const newestDay = Math.max(...rows.map(({ day }) => day));
  const about = otherSlugs.length === 0 ? slug : team;
  const names = mailNames(keyOf(rows), { from, newestDay, about });
  const alerts: TeamAlert[] = ordered.map(({ number, content, chart }, index) => ({
    ...{ number, content },
    cid: chart === null ? null : names.cid(index),
  }));
  const mail: TeamMail = {
    ...{ alerts, standing, to, team: oneLine(team), window: config.window },
    digest: digest && 'digest' in digest ? digest.digest : null,
    isSample: rows.some(({ kind }) => kind === 'sample'),
  };
  const subject = subjectOf(mail);
  return {
    ...{ from, to, subject, messageId: names.messageId, dateMs: nowMs, file: names.file },
    text: textPart(mail),
    html: htmlPart(mail),
    charts: ordered.flatMap(({ chart }, index) =>
      chart === null ? [] : [{ cid: names.cid(index), pngBase64: chart }],
    ),
    chat: chatMessage(alerts.length === 1 ? subject : `${subject}\n${headingOf(mail)}`, alerts, mail.isSample),
    quotes: ordered.flatMap(({ content }) => content.quotes.map(({ hash, text }) => ({ hash, shown: text }))),
  };
}
