import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import type { NotificationRow } from '../../db/outbox.ts';
import { teamMail } from '../../src/alerts/compose.ts';
import type { Dip } from '../../src/alerts/dip.ts';
import { NO_DRIVERS } from '../../src/alerts/drivers.ts';
import { composeMail } from '../../src/alerts/mail.ts';
import { alertContent } from '../../src/alerts/message.ts';
import { configSchema } from '../../src/config/schema.ts';
import { dayOf, PIXEL } from './days.ts';

const day = dayOf('2026-11-20');
const HEADERS = ['auto-submitted', 'content-type', 'date', 'from', 'message-id', 'mime-version', 'subject', 'to'];

/** The mail of a brand, post, event and word from outside, as it travels. */
function bytesOf(evil: string): Promise<Buffer> {
  const config = configSchema.parse({
    teams: { care: { to: ['care@acme.example'] } },
    mail: { from: 'm@acme.example' },
  });
  const post = {
    postId: 1,
    atMs: 0,
    day,
    userId: null,
    text: evil,
    score: 0.1,
    copies: 2,
    influence: -0.01,
    share: 0.5,
  };
  const dip: Dip = {
    kind: 'firing',
    rule: {
      ...{ ruleId: 'acme:mean_pos:0', brandSlug: 'acme', brandName: evil, metric: 'mean_pos', below: 0.45 },
      ...{ recoverAbove: 0.48, minPosts: 5, text: 'sentiment below 0.45', limitMoves: false },
    },
    ...{ since: day, day, value: 0.38, low: 0.35, high: 0.41, posts: 80, windowFrom: day - 2, window: 3 },
    ...{ before: null, recent: [], series: [], events: [{ day, text: evil }] },
    drivers: {
      ...NO_DRIVERS,
      posts: [post],
      terms: [{ term: evil.slice(0, 60), now: 5, nowOf: 9, before: 0, beforeOf: 9 }],
    },
  };
  const alert = alertContent(dip);
  const row: NotificationRow = {
    ...{ notification_id: 1, dedupe_key: 'k', rule_id: 'r', day, kind: 'firing', team: 'care', message_id: null },
    ...{ content: JSON.stringify({ alert, chart: PIXEL.toString('base64') }), created_ms: 0, due_ms: 0 },
  };
  return composeMail(teamMail(config, 'care', { rows: [row], standing: [] }, Date.UTC(2026, 10, 21)));
}

async function expectHarmless(evil: string): Promise<void> {
  const bytes = await bytesOf(evil);
  const mail = await PostalMime.parse(bytes);
  expect(mail.headers.map(({ key }) => key).sort()).toEqual(HEADERS);
  expect(mail.to?.map(({ address }) => address)).toEqual(['care@acme.example']);
  expect(mail.subject?.length).toBeLessThan(130);
  const html = mail.html ?? '';
  const tags = (page: string) => [...page.matchAll(/<\/?[a-z]\w*/gi)].length;
  const plain = (await PostalMime.parse(await bytesOf('plain words'))).html ?? '';
  expect(tags(html)).toBe(tags(plain));
  expect(html.length).toBeLessThan(60_000);
  expect(`${mail.subject}${mail.text}${html}`).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
}

describe('text from outside', () => {
  it.each([
    ['line breaks', 'Acme\r\nBcc: victim@evil.example\r\n\r\n<p>body</p>'],
    ['markup', '<script>alert(1)</script><img src=x onerror=alert(1)>"><style>*{display:none}</style>'],
    ['a comment that Outlook reads', '<!--[if mso]><xml></xml><![endif]--> --> ]]>'],
    ['a formula', '=cmd()|"/c calc"!A1'],
    ['marks that turn the direction', '\u202egnp.exe \u2066abc\u2069 \u200f'],
    ['slots of the template', '{{subject}} {{#alerts}} {{/alerts}} $& $1'],
    ['the end of the mail', '\r\n.\r\nQUIT\r\n--boundary--'],
    ['100 kB', 'a'.repeat(100_000)],
    ['100 kB of words', 'word <b> '.repeat(11_000)],
    ['broken characters', '\ud800 \u0000 \ufffe \u2028 x'],
  ])('changes no header and no markup: %s', async (_, evil) => {
    await expectHarmless(evil);
  });

  it('of any kind', async () => {
    const nasty = fc.constantFrom(
      '\r',
      '\n',
      '<',
      '>',
      '"',
      "'",
      '&',
      '{{',
      '}}',
      '\u202e',
      '=',
      '--',
      '\0',
      'Ä',
      '😀',
      'x',
    );
    await fc.assert(fc.asyncProperty(fc.string({ unit: nasty, minLength: 1, maxLength: 80 }), expectHarmless), {
      numRuns: 25,
    });
  });
});
