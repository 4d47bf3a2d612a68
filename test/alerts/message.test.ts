import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import type { Dip } from '../../src/alerts/dip.ts';
import { NO_DRIVERS } from '../../src/alerts/drivers.ts';
import { composeMail, mailNames } from '../../src/alerts/mail.ts';
import { alertContent } from '../../src/alerts/message.ts';
import { htmlPart } from '../../src/alerts/message-html.ts';
import { textPart } from '../../src/alerts/message-text.ts';
import { subjectOf } from '../../src/alerts/team-mail.ts';
import { PIXEL } from './days.ts';
import { day, dip, mailOf, post } from './dips.ts';

describe('the words of a mail', () => {
  it('says it all in the subject', () => {
    expect(alertContent(dip()).subject).toBe('[Acme Air] sentiment 0.38, below 0.45 (3-day, was 0.52)');
    expect(alertContent(dip({ before: null })).subject).toBe('[Acme Air] sentiment 0.38, below 0.45 (3-day)');
    expect(alertContent(dip({}, { metric: 'positive_rate' })).subject).toBe(
      '[Acme Air] positive rate 38\u00a0%, below 45\u00a0% (3-day, was 52\u00a0%)',
    );
    expect(alertContent(dip({ value: 0.4496 })).subject).toBe(
      '[Acme Air] sentiment 0.4496, below 0.4500 (3-day, was 0.5200)',
    );
    expect(alertContent(dip({ value: 0.46 })).subject).toBe(
      '[Acme Air] sentiment 0.46, not yet back at 0.48 (3-day, was 0.52)',
    );
  });

  it.each<[string, Partial<Dip>, string]>([
    [
      'a new dip',
      {},
      'The 3-day sentiment of Acme Air fell to 0.38 on 20 November 2026, below the threshold of 0.45. The day before it was 0.52.',
    ],
    [
      'a dip with nothing before it',
      { before: null },
      'The 3-day sentiment of Acme Air stands at 0.38 on 20 November 2026, below the threshold of 0.45.',
    ],
    [
      'an older dip',
      { since: day - 4, before: { day: day - 6, value: 0.52 } },
      'The 3-day sentiment of Acme Air went below the threshold of 0.45 on 16 November, from 0.52 on 14 November, and stands at 0.38 on 20 November 2026.',
    ],
    [
      'an older dip from one day to the next',
      { since: day - 4, before: { day: day - 5, value: 0.52 } },
      'The 3-day sentiment of Acme Air went below the threshold of 0.45 on 16 November, from 0.52 the day before, and stands at 0.38 on 20 November 2026.',
    ],
    [
      'an older dip with no figure before it',
      { since: day - 4, before: null },
      'The 3-day sentiment of Acme Air went below the threshold of 0.45 on 16 November and stands at 0.38 on 20 November 2026.',
    ],
    [
      'a dip that nearly ended',
      { since: day - 4, value: 0.46 },
      'The 3-day sentiment of Acme Air went below 0.45 on 16 November. On 20 November 2026 it stands at 0.46: above the threshold again, but not yet at 0.48, where the alert ends.',
    ],
  ])('says what happened: %s', (_, change, lead) => {
    expect(alertContent(dip(change)).lead).toBe(lead);
  });

  it.each<[Partial<Dip>, string]>([
    [{}, 'The 95\u00a0% interval is 0.35–0.41: all of it below the threshold, so this is hardly chance.'],
    [
      { high: 0.47 },
      'The 95\u00a0% interval is 0.35–0.47 and reaches the threshold: this may be chance, so read the posts before you act.',
    ],
    [{ low: null, high: null }, 'Too few different authors wrote to tell how sure this is.'],
  ])('says how sure it is', (change, certainty) => {
    expect(alertContent(dip(change)).certainty).toBe(certainty);
  });

  it('cuts a long brand name, and a long post at 280 characters', () => {
    const content = alertContent(
      dip(
        { drivers: { ...NO_DRIVERS, posts: [post('word '.repeat(20_000))], terms: [] } },
        { brandName: 'Acme '.repeat(1000) },
      ),
    );
    expect(content.subject.length).toBeLessThan(110);
    expect(content.quotes[0]?.text.length).toBeLessThanOrEqual(280);
    expect(htmlPart(mailOf(content)).length).toBeLessThan(30_000);
  });
});

describe('both parts', () => {
  const content = alertContent(dip());

  it('tell the same', () => {
    const flat = textPart(mailOf(content)).replace(/[ \n]+/g, ' ');
    const page = htmlPart(mailOf(content));
    for (const words of [
      content.title,
      content.lead,
      content.certainty,
      content.basis,
      content.resolve,
      content.scale,
    ]) {
      expect(flat).toContain(words);
      expect(page).toContain(words.replaceAll("'", '&#39;'));
    }
    expect(flat).toContain('0.02 Fri 20 Nov Lost my bag <again> & "again"');
    expect(page).toContain('Lost my bag &#60;again&#62; &#38; &#34;again&#34;');
  });

  it('keep text lines short, and load nothing from afar', () => {
    for (const line of textPart(mailOf(content)).split('\n')) expect(line.length).toBeLessThanOrEqual(72);
    expect(htmlPart(mailOf(content)).replace('http://www.w3.org/1999/xhtml', '')).not.toMatch(
      /https?:|src="(?!cid:)|url\(/,
    );
  });
});

describe('the mail as it travels', () => {
  const evil = 'Acme\r\nBcc: victim@evil.example\r\n\r\n<script>alert(1)</script>\u202egnp.exe';

  async function composed(brandName: string, from = 'Monitor <monitor@acme.example>') {
    const content = alertContent(
      dip({ drivers: { ...NO_DRIVERS, posts: [post(`${evil}\r\n.\r\nQUIT`)], terms: [] } }, { brandName }),
    );
    const mail = mailOf(content);
    const { cid, messageId, file } = mailNames('key', { from, newestDay: day, about: 'acme-air' });
    return composeMail({
      ...{ from, to: ['care@acme.example'], subject: subjectOf(mail), text: textPart(mail), html: htmlPart(mail) },
      charts: [{ cid: cid(0), pngBase64: PIXEL.toString('base64') }],
      ...{ messageId, dateMs: Date.UTC(2026, 10, 21, 2, 30), file, quotes: [] },
      chat: { text: '' },
    });
  }

  it('lets nothing from outside into a header or the markup', async () => {
    const mail = await PostalMime.parse(await composed(evil, 'Monitor\r\nX-Evil: 1 <monitor@acme.example>'));
    expect(mail.headers.map(({ key }) => key).sort()).toEqual([
      'auto-submitted',
      'content-type',
      'date',
      'from',
      'message-id',
      'mime-version',
      'subject',
      'to',
    ]);
    expect(mail.subject).toMatch(/^\[Acme Bcc: victim@evil\.example.*…\] sentiment 0\.38, below 0\.45/);
    expect(mail.html).not.toContain('<script');
    expect(`${mail.html}${mail.text}${mail.subject}`).not.toContain('\u202e');
  });

  it('is the same bytes each time, with CRLF line ends', async () => {
    const bytes = await composed('Äcme Ünited');
    expect(await composed('Äcme Ünited')).toEqual(bytes);
    expect(bytes.toString('latin1')).not.toMatch(/[^\r]\n/);
    expect((await PostalMime.parse(bytes)).subject).toContain('[Äcme Ünited]');
  });

  it('names the mail by its key and the sender', () => {
    const names = (key: string, from: string) => mailNames(key, { from, newestDay: day, about: 'acme-air' });
    const one = names('key', 'Monitor <monitor@acme.example>');
    expect(one.messageId).toMatch(/^<[0-9a-f]{32}@acme\.example>$/);
    expect(one.file).toMatch(/^2026-11-20-acme-air-[0-9a-f]{8}\.eml$/);
    expect(names('key', 'Monitor <monitor@acme.example>').messageId).toBe(one.messageId);
    expect(names('other', 'monitor@acme.example').messageId).not.toBe(one.messageId);
    expect(names('key', 'monitor@acme.example').messageId).toBe(one.messageId);
    expect(names('key', 'monitor@a b>').messageId).toMatch(/@localhost>$/);
  });
});
