import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { statsOf } from '../../src/aggregate/day-stats.ts';
import { dailyFigures } from '../../src/aggregate/figures.ts';
import { chatMessage } from '../../src/alerts/chat.ts';
import type { DriverPost } from '../../src/alerts/drivers.ts';
import { composeMail, mailNames } from '../../src/alerts/mail.ts';
import { type AlertContent, alertContent, type Dip } from '../../src/alerts/message.ts';
import { htmlPart } from '../../src/alerts/message-html.ts';
import { textPart } from '../../src/alerts/message-text.ts';
import { subjectOf, type TeamMail } from '../../src/alerts/team-mail.ts';
import { dayOf, PIXEL } from './days.ts';

const day = dayOf('2026-11-20');

/** A mail that tells one team this. */
function mailOf(...contents: AlertContent[]): TeamMail {
  return {
    alerts: contents.map((content, index) => ({ number: index + 1, content, cid: `chart${index + 1}.0@acme.example` })),
    ...{ digest: null, standing: [], window: 3, to: ['care@acme.example'], team: 'care', isSample: false },
  };
}

function post(text: string): DriverPost {
  return { postId: 1, atMs: 0, day, userId: 'a', text, score: 0.0213, copies: 1, share: null };
}

function estimate(value: number) {
  return { value, low: null, high: null, standardError: null };
}

function dip(change: Partial<Dip> = {}, rule: Partial<Dip['rule']> = {}): Dip {
  return {
    kind: 'firing',
    rule: {
      ruleId: 'acme-air:mean_pos:00000000',
      brandSlug: 'acme-air',
      brandName: 'Acme Air',
      metric: 'mean_pos',
      below: 0.45,
      recoverAbove: 0.48,
      minPosts: 50,
      text: '3-day sentiment below 0.45',
      limitMoves: false,
      ...rule,
    },
    since: day,
    day,
    value: 0.381,
    low: 0.352,
    high: 0.411,
    posts: 1312,
    windowFrom: day - 2,
    window: 3,
    before: { day: day - 1, value: 0.52 },
    recent: [],
    events: [],
    drivers: { posts: [post('Lost my bag <again> & "again"')], terms: [] },
    ...change,
  };
}

describe('the words of a mail', () => {
  it('says it all in the subject', () => {
    expect(alertContent(dip()).subject).toBe('[Acme Air] sentiment 0.38, below 0.45 (3-day, was 0.52)');
    expect(alertContent(dip({ before: null })).subject).toBe('[Acme Air] sentiment 0.38, below 0.45 (3-day)');
    expect(alertContent(dip({}, { metric: 'positive_rate' })).subject).toBe(
      '[Acme Air] positive rate 38%, below 45% (3-day, was 52%)',
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
      'The 3-day sentiment of Acme Air went below the threshold of 0.45 on 16 November and stands at 0.38 on 20 November 2026. On 14 November it was 0.52.',
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
    [{}, 'The 95% interval is 0.35–0.41: all of it below the threshold, so this is hardly chance.'],
    [
      { high: 0.47 },
      'The 95% interval is 0.35–0.47 and reaches the threshold: this may be chance, so read the posts before you act.',
    ],
    [{ low: null, high: null }, 'Too few different authors wrote to tell how sure this is.'],
  ])('says how sure it is', (change, certainty) => {
    expect(alertContent(dip(change)).certainty).toBe(certainty);
  });

  it('cuts a long brand name, and a long post at 280 characters', () => {
    const content = alertContent(
      dip({ drivers: { posts: [post('word '.repeat(20_000))], terms: [] } }, { brandName: 'Acme '.repeat(1000) }),
    );
    expect(content.subject.length).toBeLessThan(110);
    expect(content.quotes[0]?.text.length).toBeLessThanOrEqual(280);
    expect(htmlPart(mailOf(content)).length).toBeLessThan(30_000);
  });
});

/** A week of figures: so many posts a day, of which every other one is positive. */
const week = dailyFigures(
  [3, 4, 5, 1200].map((n, index) => ({
    ...statsOf(
      Array.from({ length: n }, (_, post) => ({
        ...{ userId: `u${post}`, pPositive: 0.4 + (post % 2) / 5, pNegative: 0.5 - (post % 2) / 5 },
        predicted: post % 2 === 1 ? ('positive' as const) : ('negative' as const),
      })),
    ),
    day: day - 3 + index,
  })),
  { smoothing: 'calendar', window: 3, min_posts_per_day: 4 },
);

const driven: Dip['drivers'] = {
  posts: [
    { ...post('Lost my bag'), copies: 1234, share: 0.306 },
    { ...post('Late again'), score: 0.1, share: 0.004, day: day - 1 },
    { ...post('All of it'), score: 0.2, share: 1.2, copies: 2 },
  ],
  terms: [
    { term: 'lost bag', now: 30, nowOf: 100, before: 0, beforeOf: 90 },
    { term: 'late', now: 1, nowOf: 200, before: 1, beforeOf: 100 },
  ],
};

describe('all words of a mail', () => {
  const all: Partial<Dip> = {
    missed: { from: day - 2, to: day - 1 },
    ...{ recent: week, drivers: driven, page: 'https://monitor.example/brands/acme-air' },
    events: [{ day: day - 1, text: ` A strike\n${'of many words '.repeat(30)}` }],
  };
  it.each<[string, Partial<Dip>, Partial<Dip['rule']>]>([
    ['a new dip', all, {}],
    ['a new dip of a rate', { ...all, window: 1, windowFrom: day }, { metric: 'positive_rate', limitMoves: true }],
    [
      'a dip of another figure',
      { series: [{ day, total: 7, daily: estimate(0.2), smoothed: null }] },
      { metric: 'net_sentiment' },
    ],
    ['a dip of a corrected rate', { before: { day: day - 1, value: 0.3 } }, { metric: 'corrected_rate' }],
    ['one that still stands', { kind: 'repeat', since: day - 7 }, {}],
    [
      'one that still stands, nearly over',
      { kind: 'repeat', since: day - 1, value: 0.47, lowest: { day, value: 0.3 } },
      {},
    ],
    ['one that is over', { kind: 'resolved', value: 0.49, since: day - 5, lowest: { day: day - 3, value: 0.3 } }, {}],
    [
      'one that is over after a day',
      { kind: 'resolved', value: 0.49, since: day - 1, last: day - 1 },
      { limitMoves: true },
    ],
    ['one that late posts undid', { kind: 'resolved', value: 0.49, isUndone: true }, {}],
    ['the limit itself', { value: 0.45, high: 0.45, since: day }, {}],
    ['an interval that ends at the limit', { high: 0.45 }, {}],
    ['nothing is known', { low: null, high: null, before: null }, {}],
  ])('%s', (_, change, rule) => {
    expect(alertContent(dip(change, rule))).toMatchSnapshot();
  });
});

describe('all of a message', () => {
  const contents = [
    alertContent(dip({ kind: 'resolved', value: 0.49, since: day - 3 }, { brandName: 'Third' })),
    alertContent(
      dip({ recent: week, drivers: driven, page: 'https://monitor.example/d' }, { brandName: 'First & <only>' }),
    ),
    alertContent(dip({ kind: 'repeat', since: day - 3 }, { brandName: '@channel Second' })),
  ];
  const digest = {
    ...{ day: '2026-11-20', date: '20 November 2026', silent: 'No posts that day: Quiet (1 brand).' },
    brands: [
      {
        brand: 'Acme Air of a name that is too long for its column',
        day: '',
        now: '0.41',
        change: '−0.03',
        posts: '1,312',
      },
      { brand: 'A brand with another long name', day: 'Thu 19 Nov', now: '–', change: '–', posts: '3' },
    ],
  };
  const standing = [
    { brand: 'Fourth', text: 'since 3 November. On 20 November: 0.40 is still below 0.45, on 50 posts.' },
  ];
  const bare = mailOf(...contents.slice(0, 1)).alerts.map((alert) => ({ ...alert, cid: null }));
  const messages: [string, TeamMail][] = [
    ['one alert without a chart', { ...mailOf(), alerts: bare }],
    ['three alerts', { ...mailOf(...contents), standing }],
    ['a digest', { ...mailOf(), digest }],
    [
      'the sample of a digest with two alerts',
      {
        ...{ ...mailOf(...contents.slice(1)), isSample: true },
        digest: { ...digest, silent: '', brands: digest.brands.slice(0, 1) },
      },
    ],
  ];
  const words = (page: string) =>
    page
      .replace(/<style[\s\S]*?<\/style>/g, '')
      .replace(/<(img|a)\b[^>]*?(alt|href)="([^"]*)"[^>]*>/g, ' [$2: $3] ')
      .replace(/<[^>]+>/g, ' ')
      .replace(/\s+/g, ' ');
  it.each(messages)('as text: %s', (_, mail) => {
    expect(`${subjectOf(mail)}\n\n${textPart(mail)}`).toMatchSnapshot();
  });
  it.each(messages)('as a page: %s', (_, mail) => {
    expect(words(htmlPart(mail))).toMatchSnapshot();
  });
  it('tells six alerts in full, and the others in its list', () => {
    const seven = mailOf(...Array.from({ length: 7 }, () => contents[0] ?? expect.fail()));
    expect(textPart(seven).match(/WHAT ENDS IT/g)).toHaveLength(6);
    expect(textPart(seven).match(/^- Third/gm)).toHaveLength(7);
    expect(words(htmlPart(seven)).match(/What ends it/g)).toHaveLength(6);
    expect(subjectOf(seven)).toMatch(/ and 6 more$/);
  });
  it('colours what is good and bad', () => {
    const page = htmlPart(mailOf(...contents));
    expect(page.match(/#b3261e|#1b7f43|#1c2430/g)?.join(' ')).toMatchSnapshot();
  });
  it('for chat', () => {
    const told = contents.map((content, index) => ({
      number: index + 1,
      content: { ...content, opinion: index === 1 ? 'It agrees.' : '' },
    }));
    expect(chatMessage('2 alerts <here> @Here', told, false)).toMatchSnapshot();
    expect(chatMessage('One', told.slice(2), true).sample).toBe(true);
  });
});

describe('both parts', () => {
  const content = alertContent(dip());

  it('tell the same', () => {
    const flat = textPart(mailOf(content)).replace(/\s+/g, ' ');
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
    const content = alertContent(dip({ drivers: { posts: [post(`${evil}\r\n.\r\nQUIT`)], terms: [] } }, { brandName }));
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
    expect(names('key', 'monitor@a b>').messageId).toMatch(/@localhost>$/);
  });
});
