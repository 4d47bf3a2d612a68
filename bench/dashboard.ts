// Measures the dashboard on a large database: `node bench/dashboard.ts --posts 5000000` prints 95th percentiles.
// With `--database FOLDER` the database is kept there, and the next time it is there already.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatDay } from '../src/calendar.ts';
import { formatTable } from '../src/cli/output.ts';
import { percentile, startBenchServer, timed } from './dashboard-client.ts';
import { BRANDS, DAYS, filledFolder, LAST, slugOf, WORDS } from './dashboard-fill.ts';

const { values } = parseArgs({
  options: {
    posts: { type: 'string', default: '500000' },
    requests: { type: 'string', default: '200' },
    database: { type: 'string' },
  },
});
const [posts, requests] = [Number(values.posts), Number(values.requests)];
const folder = values.database ?? mkdtempSync(join(tmpdir(), 'monitor-bench-'));

/** Rounds of all pages, for looking at the memory. */
const [ROUNDS, REQUESTS_A_ROUND] = [6, 20];

const busyDay = `/brands/${slugOf(0)}/days/${formatDay(LAST)}`;
const usualDay = (index: number) =>
  `/brands/${slugOf(1 + (index % (BRANDS - 1)))}/days/${formatDay(LAST - (index % DAYS))}`;
const word = (index: number) => WORDS[index % WORDS.length] ?? '';
const PAGES: readonly (readonly [name: string, path: (index: number) => string])[] = [
  ['overview', () => '/'],
  ['brand', (index) => `/brands/${slugOf(index % BRANDS)}`],
  ['brand, all days', (index) => `/brands/${slugOf(index % BRANDS)}?days=all`],
  ['alerts, with the slider', (index) => `/brands/${slugOf(index % BRANDS)}/alerts?below=0.${40 + (index % 20)}`],
  ['a usual day', usualDay],
  [`a day of ${Math.floor(posts / 50)} posts`, () => busyDay],
  ['  with a term', (index) => `${busyDay}?term=${word(index)}`],
  ['  with a rare term', (index) => `${busyDay}?term=number+${posts - index}`],
  ['  its last page', () => `${busyDay}?last=1`],
  ['  last page with a term', (index) => `${busyDay}?last=1&term=${word(index)}+${word(index + 2)}`],
  ['  negative, of some scores', (index) => `${busyDay}?class=negative&min=0.1&max=0.${30 + (index % 10)}`],
  ['runs and data', () => '/runs'],
];

try {
  const server = await startBenchServer(await filledFolder(folder, posts));
  const rows: string[][] = [];
  for (const [name, path] of PAGES) {
    const times: number[] = [];
    const first = await timed(server.url + path(0));
    const before = await server.use();
    for (let index = 0; index < requests; index += 1) times.push(await timed(server.url + path(index)));
    const after = await server.use();
    const processor = (after.cpuMs - before.cpuMs) / requests;
    rows.push([
      name,
      ...[first, percentile(times, 0.5), percentile(times, 0.95), Math.max(...times), processor, after.rssMb].map((n) =>
        n.toFixed(0),
      ),
    ]);
  }
  // All pages again and again, other ones each time: what is kept of them must not add up.
  const memory: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let index = 0; index < REQUESTS_A_ROUND; index += 1)
      for (const [, path] of PAGES) await timed(server.url + path(round * REQUESTS_A_ROUND + index));
    memory.push((await server.use()).rssMb.toFixed(0));
  }
  await server.stop();
  console.log(
    `${posts} posts of ${BRANDS} brands over ${DAYS} days, ${requests} requests each; milliseconds by the clock\n`,
  );
  console.log(
    formatTable(
      ['page', 'first', 'median', '95th percentile', 'slowest', 'processor, ms a request', 'memory, MB'],
      rows,
    ),
  );
  const each = REQUESTS_A_ROUND * PAGES.length;
  console.log(`\nmemory after each of ${ROUNDS} more rounds of ${each} requests, MB: ${memory.join(', ')}`);
} finally {
  if (values.database === undefined) rmSync(folder, { recursive: true, force: true });
}
