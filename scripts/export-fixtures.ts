// Writes test/fixtures/exports: small exports with one trap each, and what must come of them. Run it after changing a trap.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { gzipSync, zstdCompressSync } from 'node:zlib';

type Post = [at: string, user: string | null, text: string];
interface Fixture {
  name: string;
  content: string | Uint8Array;
  /** Settings of the source, and of the program. */
  source?: Record<string, unknown>;
  config?: Record<string, unknown>;
  state?: 'failed';
  rows: number;
  duplicates?: number;
  rejected?: Record<string, number>;
  posts: Post[];
}

const HEADER = 'created_at,text,user_id\n';
const ANNA = '2026-03-01T10:00:00Z,Good café,anna\n';
const BERT = '2026-03-01T11:00:00Z,Bad tea,bert\n';
const BOTH: Post[] = [
  ['2026-03-01T10:00:00.000Z', 'anna', 'Good café'],
  ['2026-03-01T11:00:00.000Z', 'bert', 'Bad tea'],
];
const [ANNAS, BERTS] = BOTH as [Post, Post];
const plain = HEADER + ANNA + BERT;
const quoted =
  'created_at,text,user_id\n"2026-03-01T10:00:00Z","Good café","anna"\n"2026-03-01T11:00:00Z","Bad tea","bert"\n';
const both = (name: string, content: string | Uint8Array, more: Partial<Fixture> = {}): Fixture => ({
  ...{ name, content, rows: 2, posts: BOTH },
  ...more,
});
/** A file whose two dates are written so; they must mean 10:00 and 11:00 UTC on March 1. */
const dated = (name: string, ten: string, eleven: string, more: Partial<Fixture> = {}): Fixture =>
  both(name, `created_at;text;user_id\n"${ten}";Good café;anna\n"${eleven}";Bad tea;bert\n`, more);
const swapped = (bytes: Buffer): Buffer => Buffer.from(bytes).swap16();
const cp1252 = (text: string): Buffer =>
  Buffer.from(
    text.replaceAll('€', '\x80').replaceAll('’', '\x92').replaceAll('“', '\x93').replaceAll('”', '\x94'),
    'latin1',
  );
const failed = (name: string, content: string | Uint8Array, code: string, more: Partial<Fixture> = {}): Fixture => ({
  ...{ name, content, state: 'failed' as const, rows: 0, rejected: { [code]: 1 }, posts: [] },
  ...more,
});

const fixtures: Fixture[] = [
  both('plain.csv', plain),
  both('utf8-bom.csv', `\ufeff${plain}`),
  both('utf8-bom-quoted-header.csv', `\ufeff"created_at","text","user_id"\n${ANNA}${BERT}`),
  both('utf16le-bom.csv', Buffer.from(`\ufeff${plain}`, 'utf16le')),
  both('utf16be-bom.csv', swapped(Buffer.from(`\ufeff${plain}`, 'utf16le'))),
  both('utf16le-no-bom.csv', Buffer.from(plain, 'utf16le')),
  both('utf16be-no-bom.csv', swapped(Buffer.from(plain, 'utf16le'))),
  both('utf16le-tabs.csv', Buffer.from(`\ufeff${plain.replaceAll(',', '\t')}`, 'utf16le')),
  both('windows-1252.csv', cp1252(plain)),
  {
    ...{ name: 'windows-1252-punctuation.csv', rows: 1, posts: [['2026-03-01T10:00:00.000Z', 'anna', '“It’s 5 €”']] },
    content: cp1252(`${HEADER}2026-03-01T10:00:00Z,“It’s 5 €”,anna\n`),
  },
  {
    ...{ name: 'windows-1252-late.csv', rows: 3001 },
    content: cp1252(`${HEADER}${BERT.repeat(3000)}${ANNA}`),
    ...{ duplicates: 2999, posts: [BERTS, ANNAS] },
  },
  {
    ...{ name: 'utf8-one-cut-emoji.csv', rows: 3 },
    content: Buffer.concat([
      Buffer.from(`${HEADER}${ANNA}${BERT}2026-03-01T12:00:00Z,naïve ü 👍 `),
      Buffer.from([0xf0, 0x9f]),
      Buffer.from(',carl\n'),
    ]),
    posts: [...BOTH, ['2026-03-01T12:00:00.000Z', 'carl', 'naïve ü 👍 \ufffd']],
  },
  both('windows-1252-named.csv', cp1252(plain), { source: { encoding: 'windows-1252' } }),
  both('semicolons.csv', plain.replaceAll(',', ';')),
  both('tabs.tsv', plain.replaceAll(',', '\t')),
  both('bars.csv', plain.replaceAll(',', '|')),
  both('sep-line.csv', `sep=;\r\n${plain.replaceAll(',', ';').replaceAll('\n', '\r\n')}`),
  both('delimiter-set.csv', plain.replaceAll(',', '|'), { source: { delimiter: '|' } }),
  {
    ...{ name: 'semicolons-with-commas.csv', rows: 1, posts: [['2026-03-01T10:00:00.000Z', 'a, b', 'x, y, z']] },
    content: 'created_at;text;user_id\n2026-03-01T10:00:00Z;x, y, z;a, b\n',
  },
  both('crlf.csv', plain.replaceAll('\n', '\r\n')),
  both('crcrlf.csv', plain.replaceAll('\n', '\r\r\n')),
  both('crcrlf-quoted.csv', quoted.replaceAll('\n', '\r\r\n')),
  both('cr-only.csv', plain.replaceAll('\n', '\r')),
  both('no-last-newline.csv', plain.trimEnd()),
  {
    ...{ name: 'cr-in-field.csv', rows: 1, posts: [['2026-03-01T10:00:00.000Z', 'anna', 'one\ntwo']] },
    content: `${HEADER}2026-03-01T10:00:00Z,one\rtwo,anna\n`,
  },
  {
    ...{
      name: 'line-breaks-in-quotes.csv',
      rows: 2,
      posts: [['2026-03-01T10:00:00.000Z', 'anna', 'one\ntwo\n\nthree'], BERTS],
    },
    content: `${HEADER}2026-03-01T10:00:00Z,"one\r\ntwo\n\nthree",anna\r\n${BERT}`,
  },
  {
    ...{ name: 'quote-never-closed.csv', rows: 3, rejected: { R_QUOTE: 1 }, posts: BOTH },
    content: `${HEADER}2026-03-01T09:00:00Z,"lost,carl\n${ANNA}${BERT}`,
  },
  both('blank-lines.csv', `\n\n${HEADER}\n${ANNA}\r\n\n${BERT}\n\n`),
  both('gzip.csv.gz', gzipSync(plain)),
  both('gzip-without-name.csv', gzipSync(plain)),
  both('gzip-two-members.csv.gz', Buffer.concat([gzipSync(HEADER + ANNA), gzipSync(BERT)])),
  both(
    'gzip-padded.csv.gz',
    Buffer.concat([gzipSync(HEADER + ANNA), Buffer.alloc(3), gzipSync(BERT), Buffer.alloc(1)]),
  ),
  both('not-gzip-but-named.csv.gz', plain),
  both('zstd.csv.zst', zstdCompressSync(plain)),
  both('zstd-two-frames.csv.zst', Buffer.concat([zstdCompressSync(HEADER + ANNA), zstdCompressSync(BERT)])),
  failed('gzip-cut.csv.gz', gzipSync(plain).subarray(0, 30), 'R_DAMAGED'),
  both(
    'lines.jsonl',
    '{"created_at":"2026-03-01T10:00:00Z","text":"Good café","user":{"id":1,"id_str":"anna"}}\n\n{"text":"Bad tea","lang":"en","created_at":1772362800,"user":{"id_str":"bert"}}\n',
  ),
  both(
    'lines-packed.ndjson.gz',
    gzipSync(
      '{"created_at":"2026-03-01T10:00:00Z","text":"Good caf\\u00e9","author":{"id":"anna"}}\r\n{"created_at":"2026-03-01T11:00:00Z","text":"Bad tea","author":{"id":"bert"}}\r\n',
    ),
  ),
  {
    ...{ name: 'lines-long-ids.jsonl', rows: 3, duplicates: 1 },
    content:
      '{"id":9007199254740993,"created_at":"2026-03-01T10:00:00Z","text":"Good café","author_id":"anna"}\n{"id":9007199254740992,"created_at":"2026-03-01T11:00:00Z","text":"Bad tea","author_id":"bert"}\n{"id":9007199254740993,"created_at":"2026-03-01T10:00:00Z","text":"Good café","author_id":"anna"}\n',
    posts: BOTH,
  },
  {
    ...{ name: 'lines-broken.jsonl', rows: 4, rejected: { R_JSON: 2 }, posts: BOTH },
    content:
      '{"created_at":"2026-03-01T10:00:00Z","text":"Good café","user_id":"anna"}\n{"created_at":"2026-03-01T1\n[1]\n{"created_at":"2026-03-01T11:00:00Z","text":"Bad tea","user_id":"bert"}\n',
  },
  both(
    'title-lines.csv',
    `Weekly report,"Acme, all posts"\nMade for Acme on 2026-03-02\n\nDate,Full Text,Author\n${ANNA}${BERT}`,
  ),
  both('columns-twitter.csv', `Tweet Id,Created At,Text,User Id\n1,${ANNA}2,${BERT}`),
  both(
    'columns-brandwatch.csv',
    'Date,Title,Snippet,Full Text,Author,Sentiment\n2026-03-01 10:00:00,Good,Good …,Good café,anna,positive\n2026-03-01 11:00:00,Bad,Bad …,Bad tea,bert,negative\n',
  ),
  both(
    'columns-meltwater.csv',
    'Date\tHeadline\tURL\tHit Sentence\tInfluencer\n01-Mar-2026 10:00AM\t\thttps://x.example/1\tGood café\tanna\n01-Mar-2026 11:00AM\t\thttps://x.example/2\tBad tea\tbert\n',
  ),
  both('columns-talkwalker.csv', `published;content;author\n${(ANNA + BERT).replaceAll(',', ';')}`),
  both(
    'columns-mapped.csv',
    'Veröffentlicht;Beitrag;Verfasser;text\n2026-03-01T10:00:00Z;Good café;anna;x\n2026-03-01T11:00:00Z;Bad tea;bert;x\n',
    { source: { columns: { created_at: 'Veröffentlicht', text: 'Beitrag', user_id: 'Verfasser' } } },
  ),
  failed('columns-mapped-missing.csv', plain, 'R_HEADER', { source: { columns: { text: 'Beitrag' } } }),
  failed('columns-unknown.csv', 'when,what\n2026-03-01,hello\n', 'R_HEADER'),
  failed('empty.csv', '', 'R_HEADER'),
  {
    ...{ name: 'ids-spoilt.csv', rows: 2, posts: BOTH },
    content: `tweet_id,${HEADER}5.40E+17,${ANNA}5.40E+17,${BERT}`,
  },
  {
    ...{ name: 'ids-twice.csv', rows: 3, duplicates: 1, posts: BOTH },
    content: `id,${HEADER}7,${ANNA}8,${BERT}7,${ANNA}`,
  },
  {
    ...{ name: 'wrong-width.csv', rows: 4, rejected: { R_FIELDS: 2 }, posts: BOTH },
    content: `${HEADER}${ANNA}2026-03-01\n${BERT.trimEnd()},,\n2026-03-01,x,y,z\n`,
  },
  {
    ...{ name: 'texts-empty.csv', rows: 3, rejected: { R_TEXT_EMPTY: 1 }, posts: BOTH },
    content: `${HEADER}${ANNA}2026-03-01T10:00:00Z,  &nbsp;,carl\n${BERT}`,
  },
  {
    ...{ name: 'entities-twice.csv', rows: 1, posts: [['2026-03-01T10:00:00.000Z', 'anna', 'salt & "pepper"']] },
    content: `${HEADER}2026-03-01T10:00:00Z,salt &amp;amp; &quot;pepper&quot;,anna\n`,
  },
  {
    ...{ name: 'nul-and-controls.csv', rows: 1, posts: [['2026-03-01T10:00:00.000Z', 'anna', 'ab c']] },
    content: `${HEADER}2026-03-01T10:00:00Z,a\0b\u0007\tc,anna\n`,
  },
  {
    ...{ name: 'utf8-read-as-1252.csv', rows: 3 },
    // A tool wrote spoilt texts into a file that is in order; the last text is spelt so on purpose.
    content: `${HEADER}2026-03-01T10:00:00Z,Good cafÃ©,anna\n2026-03-01T11:00:00Z,Itâ€™s bad ðŸ˜€,bert\n2026-03-01T12:00:00Z,AMANHÃ… São Paulo,carl\n`,
    posts: [
      ANNAS,
      ['2026-03-01T11:00:00.000Z', 'bert', 'It’s bad 😀'],
      ['2026-03-01T12:00:00.000Z', 'carl', 'AMANHÃ… São Paulo'],
    ],
  },
  dated('dates-twitter.csv', 'Sun Mar 01 10:00:00 +0000 2026', 'Sun Mar 01 11:00:00 +0000 2026'),
  dated('dates-rfc2822.csv', 'Sun, 01 Mar 2026 10:00:00 GMT', 'Sun, 1 Mar 2026 12:00:00 +0100'),
  dated('dates-epoch.csv', '1772359200', '1772362800000'),
  dated('dates-month-named.csv', 'Mar 1, 2026, 10:00 AM', 'Sunday, March 1, 2026 at 11:00:00\u202fAM'),
  dated('dates-year-first.csv', '2026/03/01 10:00', '2026/3/1 11:00 AM'),
  dated('dates-dots.csv', '01.03.2026 10:00', '1.3.2026, 11:00'),
  dated('dates-dots-in-time.csv', '01-03-2026 10.00', '01-03-2026 11.00', { source: { date_order: 'dmy' } }),
  dated('dates-month-first-set.csv', '3/1/2026 10:00 AM', '03/01/2026 11:00', { source: { date_order: 'mdy' } }),
  {
    ...{ name: 'dates-day-first-found.csv', rows: 4, rejected: { R_DATE: 1 } },
    content: `${HEADER}3/1/2026 10:00,a,anna\n31/1/2026 10:00,b,bert\n1/31/2026 10:00,c,carl\n${'31/1/2026 10:00,b,bert\n'.repeat(25)}4/1/2026 12:00 AM,d,dora\n`,
    ...{ rows: 29, duplicates: 25 },
    posts: [
      ['2026-01-03T10:00:00.000Z', 'anna', 'a'],
      ['2026-01-31T10:00:00.000Z', 'bert', 'b'],
      ['2026-01-04T00:00:00.000Z', 'dora', 'd'],
    ],
  },
  {
    ...{ name: 'dates-month-first-found.csv', rows: 2 },
    content: `${HEADER}3/1/2026 12:30 PM,a,anna\n3/13/2026 10:00,b,bert\n`,
    posts: [
      ['2026-03-01T12:30:00.000Z', 'anna', 'a'],
      ['2026-03-13T10:00:00.000Z', 'bert', 'b'],
    ],
  },
  failed('dates-ambiguous.csv', `${HEADER}3/1/2026 10:00,a,anna\n3/2/2026 11:00,b,bert\n`, 'R_DATE_ORDER'),
  failed('dates-both-orders.csv', `${HEADER}31/1/2026 10:00,a,anna\n1/31/2026 11:00,b,bert\n`, 'R_DATE_ORDER'),
  {
    ...{ name: 'dates-same-either-way.csv', rows: 1, posts: [['2026-04-04T10:00:00.000Z', 'anna', 'a']] },
    content: `${HEADER}4/4/2026 10:00,a,anna\n`,
  },
  {
    ...{ name: 'dates-two-digit-years.csv', rows: 2, rejected: { R_DATE: 1 }, posts: [ANNAS] },
    content: `${HEADER}${ANNA}1/3/26 10:00,a,carl\n`,
  },
  {
    ...{ name: 'dates-impossible.csv', rows: 5, rejected: { R_DATE: 2, R_DATE_RANGE: 2 }, posts: [ANNAS] },
    content: `${HEADER}${ANNA}2026-02-30,a,b\nsoon,a,b\n1999-12-31,a,b\n2036-01-01,a,b\n`,
  },
  {
    ...{ name: 'dates-clock-changes.csv', rows: 4, source: { time_zone: 'America/New_York' } },
    content: `${HEADER}2026-03-08 02:30,skipped,anna\n2025-11-02 01:30,twice,bert\n2026-03-08 03:30,after,carl\n2025-11-02T01:30:00-05:00,second,dora\n`,
    posts: [
      ['2026-03-08T07:30:00.000Z', 'anna', 'skipped'],
      ['2025-11-02T05:30:00.000Z', 'bert', 'twice'],
      ['2026-03-08T07:30:00.000Z', 'carl', 'after'],
      ['2025-11-02T06:30:00.000Z', 'dora', 'second'],
    ],
  },
  {
    ...{ name: 'dates-utc-in-name.csv', rows: 2, config: { time_zone: 'Asia/Tokyo' }, posts: BOTH },
    content: 'Date (UTC),Message,User\n2026-03-01 10:00,Good café,anna\n2026-03-01 11:00,Bad tea,bert\n',
  },
  both(
    'dates-time-apart.csv',
    'Date,Time,Full Text,Author\n03/01/2026,10:00:00 AM,Good café,anna\n3/1/2026,11:00 am,Bad tea,bert\n',
    { source: { date_order: 'mdy' } },
  ),
  both(
    'dates-time-apart-midnight.csv',
    'Post Date;Post Time (ET);Message;User\n2026-03-01 00:00:00;05:00;Good café;anna\n01.03.2026;6:00;Bad tea;bert\n',
  ),
  {
    ...{ name: 'dates-time-beside-full.csv', rows: 4, rejected: { R_DATE: 1 } },
    content:
      'Date,Time,Text,User\n2026-03-01T10:00:00Z,23:59,Good café,anna\n2026-03-01 11:00,11:00,Bad tea,bert\n2026-03-02,,No time,carl\n2026-03-02,noon,Lost,dora\n',
    posts: [...BOTH, ['2026-03-02T00:00:00.000Z', 'carl', 'No time']],
  },
  both(
    'dates-time-mapped.csv',
    'Tag;Uhrzeit;text;user_id\n01.03.2026;10.00;Good café;anna\n1.3.2026;11:00;Bad tea;bert\n',
    {
      source: { columns: { created_at: 'Tag', time: 'Uhrzeit' } },
    },
  ),
  {
    ...{ name: 'dates-eastern-in-name.csv', rows: 2, config: { time_zone: 'Asia/Tokyo' } },
    content: 'Timestamp (ET),Message,User\n2026-03-01 05:00,winter,anna\n2026-04-01 05:00,summer,bert\n',
    posts: [
      ['2026-03-01T10:00:00.000Z', 'anna', 'winter'],
      ['2026-04-01T09:00:00.000Z', 'bert', 'summer'],
    ],
  },
  both(
    'dates-zone-in-name.csv',
    'Created At [Europe/Berlin],Message,User\n2026-03-01 11:00,Good café,anna\n2026-03-01 12:00,Bad tea,bert\n',
  ),
  both(
    'dates-offset-in-name.csv',
    'Date (GMT+5:30),Message,User\n2026-03-01 15:30,Good café,anna\n2026-03-01 16:30,Bad tea,bert\n',
  ),
  failed('dates-unclear-zone-in-name.csv', 'Date (EST),Message,User\n2026-07-01 10:00,Good café,anna\n', 'R_TIME_ZONE'),
  both(
    'dates-unclear-zone-set.csv',
    'Date (EST),Message,User\n2026-03-01 05:00,Good café,anna\n2026-03-01 06:00,Bad tea,bert\n',
    { source: { time_zone: 'America/New_York' } },
  ),
  both(
    'dates-note-in-name.csv',
    'Date (yyyy-mm-dd),Message,User\n2026-03-01 10:00,Good café,anna\n2026-03-01 11:00,Bad tea,bert\n',
  ),
  failed('too-large.csv', HEADER + BERT.repeat(1000), 'R_FILE_SIZE', { config: { max_file_mb: 0.01 } }),
  {
    ...{ name: 'row-too-long.csv.gz', rows: 3, rejected: { R_ROW_SIZE: 1 }, posts: BOTH },
    content: gzipSync(`${HEADER}${ANNA}2026-03-01T10:00:00Z,${'x'.repeat(1_100_000)},carl\n${BERT}`),
  },
  failed(
    'bomb.csv.zst',
    zstdCompressSync(Buffer.concat([Buffer.from(HEADER), Buffer.alloc(110_000_000, 120)])),
    'R_RATIO',
  ),
];

const folder = 'test/fixtures/exports';
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const { name, content } of fixtures) writeFileSync(`${folder}/${name}`, content);
const expected = fixtures.map(({ content: _, ...rest }) => ({
  ...{ state: 'read', duplicates: 0, rejected: {}, source: {}, config: {} },
  ...rest,
}));
writeFileSync(`${folder}/expected.json`, `${JSON.stringify(expected, null, 1)}\n`);
console.log(`${fixtures.length} files in ${folder}`);
