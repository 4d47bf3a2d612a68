import { html } from './html.ts';
import type { RenderedMail } from './mail.ts';
import { quoteText } from './message.ts';

const REMOVED = '[removed on request]';

/** The mail without the quotes of these posts; undefined when it quotes none of them. */
export function redactMail(mail: RenderedMail, bodies: Iterable<string>): RenderedMail | undefined {
  let { text, html: page } = mail;
  for (const body of bodies) {
    const quote = quoteText(body);
    const words = quote.split(' ').map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
    // In the text part a quote is indented by eight blanks and wrapped.
    text = text.replace(new RegExp(`^ {8}${words.join('(?: |\\n {8})')}$`, 'gmu'), `        ${REMOVED}`);
    page = page.replaceAll(`>${html`${quote}`.source}</div>`, `>${REMOVED}</div>`);
  }
  return text === mail.text && page === mail.html ? undefined : { ...mail, text, html: page };
}
