import { createHash } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer';
import { type Day, formatDay } from '../calendar.ts';
import { oneLine } from './words.ts';

/** A mail as the outbox keeps it: everything that it takes to send the same bytes again. */
export interface RenderedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** null in a mail to the owner. */
  readonly chart: { readonly cid: string; readonly pngBase64: string } | null;
  readonly messageId: string;
  /** Milliseconds since 1970 UTC: the Date header. */
  readonly dateMs: number;
  /** Name of the .eml file, where mails go to a folder. */
  readonly file: string;
}

/** The names that follow from a notification's key alone, so that a repeated copy is known to be one. */
export function mailNames(
  dedupeKey: string,
  { from, newestDay, brandSlug }: { from: string; newestDay: Day; brandSlug: string },
): Pick<RenderedMail, 'messageId' | 'file'> & { cid: string } {
  const hash = createHash('sha256').update(dedupeKey).digest('hex');
  const domain = /@([A-Za-z0-9.-]+)>?\s*$/.exec(oneLine(from))?.[1] ?? 'localhost';
  return {
    messageId: `<${hash.slice(0, 32)}@${domain}>`,
    cid: `chart.${hash.slice(0, 16)}@${domain}`,
    file: `${formatDay(newestDay)}-${brandSlug}-${hash.slice(0, 8)}.eml`,
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
    attachments:
      mail.chart === null
        ? []
        : [
            {
              filename: 'chart.png',
              contentType: 'image/png',
              contentDisposition: 'inline',
              cid: mail.chart.cid,
              content: Buffer.from(mail.chart.pngBase64, 'base64'),
            },
          ],
    baseBoundary: mail.messageId.replace(/[^0-9a-f]/g, '').slice(0, 16),
    newline: 'windows',
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return message.compile().build();
}
