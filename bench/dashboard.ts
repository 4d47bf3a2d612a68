// Measures the dashboard on a large database: `node bench/dashboard.ts --posts 5000000` prints 95th percentiles.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { startServer } from '../dashboard/server.ts';
import { brandOf, ensureBrand } from '../db/brands.ts';
import { sourceId } from '../db/files.ts';
import { postsOfDay } from '../db/labels.ts';
import { type NewPost, storePosts } from '../db/posts.ts';
import { saveScores, textsWithoutScore } from '../db/scores.ts';
import { aggregateSeries } from '../jobs/series.ts';
import { type Session, withSession } from '../jobs/session.ts';
import { type Day, formatDay, parseDay } from '../src/calendar.ts';
import { formatTable } from '../src/cli/output.ts';
import { loadConfig } from '../src/config/load.ts';

const { values } = parseArgs({
  options: { posts: { type: 'string', default: '500000' }, requests: { type: 'string', default: '200' } },
});
const [BRANDS, DAYS] = [50, 100];
const posts = Number(values.posts);
const requests = Number(values.requests);
/** One day of one brand has a fiftieth of all posts, 100,000 of 5,000,000. */
const busy = Math.floor(posts / 50);
const usual = Math.max(1, Math.floor((posts - busy) / (BRANDS * DAYS)));
const last: Day = parseDay('2026-04-10') ?? 0;
const slugOf = (brand: number): string => `brand-${brand}`;
const WORDS = 'flight delay crew seat great awful refund bag late kind price app phone never again always thanks'.split(
  ' ',
);

const folder = mkdtempSync(join(tmpdir(), 'monitor-bench-'));
const configFile = join(folder, 'monitor.yaml');
mkdirSync(join(folder, 'inbox'));
const brands = Array.from({ length: BRANDS }, (_, brand) => `  ${slugOf(brand)}: { name: Brand ${brand} }`);
writeFileSync(configFile, `brands:\n${brands.join('\n')}\n`);
const config = loadConfig(configFile);
const log = pino({ level: 'silent' });
const { signal } = new AbortController();
const silent = { start: () => undefined, advance: () => undefined, finish: () => undefined };

try {
  await withSession({ config, clock: Date.now, log, signal, progress: silent }, 'bench', fill);
  const server = await startServer({
    ...{ config, clock: Date.now, log, signal, host: '127.0.0.1', port: 0, token: undefined, predictionsPerMinute: 0 },
  });
  const day = formatDay(last);
  const busyDay = `/brands/${slugOf(0)}/days/${day}`;
  const pages: readonly (readonly [name: string, path: (index: number) => string])[] = [
    ['overview', () => '/'],
    ['brand', (index) => `/brands/${slugOf(index % BRANDS)}`],
    [
      'a usual day',
      (index) => `/brands/${slugOf(1 + (index % (BRANDS - 1)))}/days/${formatDay(last - (index % DAYS))}`,
    ],
    [`a day of ${busy} posts`, () => busyDay],
    ['with a term', (index) => `${busyDay}?term=${WORDS[index % WORDS.length]}+${WORDS[(index * 7) % WORDS.length]}`],
    ['its last page', () => `${busyDay}?last=1`],
    ['negative, of some scores', () => `${busyDay}?class=negative&min=0.1&max=0.3`],
  ];
  const rows: string[][] = [];
  for (const [name, path] of pages) {
    const times: number[] = [];
    const first = await timed(server.url + path(0));
    const cpu = process.cpuUsage();
    for (let index = 0; index < requests; index += 1) times.push(await timed(server.url + path(index)));
    const { user, system } = process.cpuUsage(cpu);
    const sorted = times.toSorted((a, b) => a - b);
    const at = (share: number): string => (sorted[Math.ceil(share * sorted.length) - 1] ?? 0).toFixed(0);
    const memory = (process.memoryUsage.rss() / 1e6).toFixed(0);
    rows.push([name, first.toFixed(0), at(0.5), at(0.95), ((user + system) / 1e3 / requests).toFixed(0), memory]);
  }
  console.log(
    `${posts} posts of ${BRANDS} brands over ${DAYS} days, ${requests} requests each; milliseconds by the clock\n`,
  );
  console.log(
    formatTable(['page', 'first', 'median', '95th percentile', 'processor, ms a request', 'memory, MB'], rows),
  );
  await server.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function timed(url: string): Promise<number> {
  const startedMs = performance.now();
  const response = await fetch(url);
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${response.status} ${url}`);
  return performance.now() - startedMs;
}

async function fill(session: Session): Promise<void> {
  const { store, model } = session;
  let made = 0;
  for (let ago = DAYS - 1; ago >= 0; ago -= 1)
    await store.transaction(async (tx) => {
      const source = await sourceId(tx, 'bench');
      for (let brand = 0; brand < BRANDS; brand += 1) {
        const brandId = await ensureBrand(tx, slugOf(brand), `Brand ${brand}`);
        const count = brand === 0 && ago === 0 ? busy : usual;
        await storePosts(
          tx,
          source,
          Array.from({ length: count }, () => postOf(made++, last - ago, brandId)),
        );
      }
    });
  for (let after = 0; ; ) {
    const texts = await textsWithoutScore(store.read, model.networkId, after, 20_000);
    if (texts.length === 0) break;
    await store.transaction((tx) =>
      saveScores(
        tx,
        model.networkId,
        texts.map(({ text_id }) => scoreOf(text_id)),
      ),
    );
    after = texts.at(-1)?.text_id ?? after;
  }
  await aggregateSeries(session);
  const busiest = await brandOf(store.read, slugOf(0));
  const stored = busiest ? (await postsOfDay(store.read, busiest.brandId, last)).length : 0;
  if (stored !== busy) throw new Error(`${stored} posts on the busy day`);
}

function postOf(index: number, day: Day, brandId: number): NewPost {
  const word = (step: number): string => WORDS[(index * step + Math.floor(index / 17)) % WORDS.length] ?? '';
  const body = `${word(1)} ${word(3)} ${word(5)} my ${word(7)} was ${word(11)} number ${index}`;
  return {
    ...{ key: String(index), atMs: day * 86_400_000 + (index % 86_400) * 1_000, day, userId: `u${index % 200_000}` },
    ...{ extra: null, body, original: null, copy16: null, brand: null, otherLanguage: null, brandIds: [brandId] },
    hash16: createHash('sha256').update(body).digest().subarray(0, 16),
  };
}

/** Scores that look drawn, and are the same in each run. */
function scoreOf(textId: number): { textId: number; pNegative: number; pPositive: number } {
  const [a, b] = [((textId * 7_919) % 10_007) / 10_007, ((textId * 104_729) % 10_009) / 10_009];
  return { textId, pNegative: a * (1 - b), pPositive: b * (1 - a / 2) * (1 - a * (1 - b)) };
}
