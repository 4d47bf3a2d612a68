import { quoteText, textHash } from './dip-quotes.ts';
import type { RenderedMail } from './mail.ts';
import type { NotificationContent } from './queue.ts';
import { escapeHtml } from './template.ts';

const REMOVED = '[removed on request]';

/** The mail without the quotes of these posts, given by their stored texts; undefined when it quotes none of them. */
export function redactMail(mail: RenderedMail, bodies: Iterable<string>): RenderedMail | undefined {
  let { text, html: page } = mail;
  const texts = [...bodies];
  const hashes = new Set(texts.map(textHash));
  const quoted = mail.quotes.filter(({ hash }) => hashes.has(hash)).map(({ shown }) => shown);
  for (const quote of new Set([...quoted, ...texts.map(quoteText)])) {
    if (quote === '') continue;
    const words = quote.split(' ').map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
    // In the text part a quote is indented by eight blanks and wrapped.
    text = text.replace(new RegExp(`^ {8}${words.join('(?: |\\n {8})')}$`, 'gmu'), `        ${REMOVED}`);
    page = page.replaceAll(`>${escapeHtml(quote)}</div>`, `>${REMOVED}</div>`);
  }
  if (text === mail.text && page === mail.html) return undefined;
  return { ...mail, text, html: page, quotes: mail.quotes.filter(({ hash }) => !hashes.has(hash)) };
}

/** The same of something that is still to become part of a mail. */
export function redactContent(content: NotificationContent, bodies: Iterable<string>): NotificationContent | undefined {
  if (!('alert' in content)) return undefined;
  const hashes = new Set([...bodies].map(textHash));
  if (!content.alert.quotes.some(({ hash }) => hashes.has(hash))) return undefined;
  const quotes = content.alert.quotes.map((quote) => (hashes.has(quote.hash) ? { ...quote, text: REMOVED } : quote));
  return { ...content, alert: { ...content.alert, quotes } };
}
