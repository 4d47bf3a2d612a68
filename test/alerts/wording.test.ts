import { describe, expect, it } from 'vitest';
import { chatMessage } from '../../src/alerts/chat.ts';
import type { Dip } from '../../src/alerts/dip.ts';
import { NO_DRIVERS } from '../../src/alerts/drivers.ts';
import { alertContent } from '../../src/alerts/message.ts';
import { htmlPart } from '../../src/alerts/message-html.ts';
import { textPart } from '../../src/alerts/message-text.ts';
import { subjectOf, type TeamMail } from '../../src/alerts/team-mail.ts';
import { day, dip, driven, estimate, mailOf, post, week } from './dips.ts';

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

  it('are sure of nothing where one end of the interval is missing', () => {
    for (const change of [{ low: null }, { high: null }]) {
      const { certainty, facts } = alertContent(dip(change));
      expect(certainty).toBe('Too few different authors wrote to tell how sure this is.');
      expect(facts[0]).toEqual({ label: 'Now', value: '0.38', note: '' });
    }
  });

  it('tell of posts of the day only where it had some, and of chance only while there is a dip', () => {
    const about = (change: Partial<Dip>) => alertContent(dip(change));
    expect(about({ recent: week }).basis).toContain('On 20 November alone: 1,200 posts');
    expect(about({ recent: week.slice(0, -1) }).basis).toBe('The figure rests on 1,312 posts from 18–20 November.');
    expect(about({ kind: 'resolved' }).certainty).toBe('The 95\u00a0% interval is 0.35–0.41.');
  });

  it('do not call a figure fallen that was the same the day before', () => {
    expect(alertContent(dip({ before: { day: day - 1, value: 0.381 } })).lead).toMatch(
      /^The 3-day sentiment of Acme Air stands at/,
    );
  });

  it('name the week that a dip is compared with by the dip’s first day', () => {
    const notes = [day, day - 1].map((since) => alertContent(dip({ since, drivers: driven })).quotesNote);
    expect(notes).toEqual([
      '18–20 November, against the week before',
      '18–20 November, against the week before the dip',
    ]);
  });

  it('give each post its part of the drop from a percent on, and none where there was no drop', () => {
    const shares = [0.01, 0.0099, null, 2];
    const posts = shares.map((share, index) => ({ ...post(`Post ${index}`), share }));
    const { quotes, quotesNote } = alertContent(dip({ drivers: { ...NO_DRIVERS, posts } }));
    expect(quotes.map(({ note }) => note)).toEqual([
      ...['Fri 20 Nov · 1\u00a0% of the drop', 'Fri 20 Nov', 'Fri 20 Nov', 'Fri 20 Nov · 100\u00a0% of the drop'],
    ]);
    expect(quotesNote).toBe('18–20 November, against the week before');
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
  const content = contents[0] ?? expect.fail();
  /** Every part that a message may have, and a message without all that may be left out. */
  const full = { ...content, opinion: 'A second model agrees.', events: [{ date: 'Thu 19 Nov', text: 'A strike' }] };
  const least = { ...content, ...{ certainty: '', basis: '', facts: [], quotes: [], terms: [], recent: [] } };
  const messages: [string, TeamMail][] = [
    ['one alert without a chart', { ...mailOf(), alerts: bare }],
    ['an opinion and an event', mailOf(full)],
    ['as little as can be', mailOf(least)],
    ['a digest with an alert', { ...mailOf(least), digest }],
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
