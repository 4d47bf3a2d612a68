import { createHash } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer';
import { type Day, formatDay } from '../calendar.ts';
import type { ChatMessage } from './chat.ts';
import { oneLine } from './words.ts';

/** A picture inside a mail. */
interface MailChart {
  readonly cid: string;
  readonly pngBase64: string;
}

/** A message as the outbox keeps it: everything that it takes to send the same bytes again. */
export interface RenderedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly charts: readonly MailChart[];
  readonly messageId: string;
  /** Milliseconds since 1970 UTC: the Date header. */
  readonly dateMs: number;
  /** Name of the .eml file, where mails go to a folder. */
  readonly file: string;
  /** What webhooks are sent. */
  readonly chat: ChatMessage;
  /** The posts that it quotes, by the hash of their stored text, and the words shown. */
  readonly quotes: readonly { readonly hash: string; readonly shown: string }[];
}

/** Reads a stored mail; those of the first version had at most one chart, and nothing for webhooks. */
export function parseMail(rendered: string): RenderedMail {
  const { chart, ...mail } = JSON.parse(rendered) as RenderedMail & { chart?: MailChart | null };
  return {
    ...mail,
    charts: mail.charts ?? (chart ? [chart] : []),
    chat: mail.chat ?? { text: mail.subject },
    quotes: mail.quotes ?? [],
  };
}

/** The names that follow from a message's key alone, so that a repeated copy is known to be one. */
export function mailNames(
  messageKey: string,
  { from, newestDay, about }: { from: string; newestDay: Day; about: string },
): Pick<RenderedMail, 'messageId' | 'file'> & { cid(index: number): string } {
  const hash = createHash('sha256').update(messageKey).digest('hex');
  const domain = /@([A-Za-z0-9.-]+)>?\s*$/.exec(oneLine(from))?.[1] ?? 'localhost';
  return {
    messageId: `<${hash.slice(0, 32)}@${domain}>`,
    cid: (index) => `chart${index + 1}.${hash.slice(0, 16)}@${domain}`,
    file: `${formatDay(newestDay)}-${about
      .toLowerCase()
      .replace(/[^a-z0-9-]+/g, '-')
      .slice(0, 60)}-${hash.slice(0, 8)}.eml`,
  };
}

/** The mail as it travels: MIME with CRLF line ends, the same bytes for the same mail. */
export function composeMail(mail: RenderedMail): Promise<Buffer> {
  const message = new MailComposer({
    from: oneLine(mail.from),
    to: mail.to.map(oneLine),
    subject: oneLine(mail.subject),
    messageId: oneLine(mail.messageId),
    date: new Date(mail.dateMs),
    // Tells holiday responders to keep quiet (RFC 3834).
    headers: { 'Auto-Submitted': 'auto-generated' },
    text: mail.text,
    html: mail.html,
    attachments: mail.charts.map(({ cid, pngBase64 }, index) => ({
      filename: `chart-${index + 1}.png`,
      contentType: 'image/png',
      contentDisposition: 'inline',
      cid,
      content: Buffer.from(pngBase64, 'base64'),
    })),
    baseBoundary: mail.messageId.replace(/[^0-9a-f]/g, '').slice(0, 16),
    newline: 'windows',
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return message.compile().build();
}
