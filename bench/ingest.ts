import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Papa from 'papaparse';
import { pino } from 'pino';
import { openSqlite } from '../db/store.ts';
import { zoneOf } from '../src/calendar.ts';
import { configSchema } from '../src/config/schema.ts';
import { ingest } from '../src/ingest/stage.ts';
import { median } from './median.ts';

/** Seconds of a run: of the processor (all threads together) and of the clock on the wall. */
interface Seconds {
  processor: number;
  wall: number;
}

/** Papaparse is timed this often in one go, before and after each ingest: a single pass meets quiet moments that ingest can't. */
const PASSES = 4;

/** An ingest with papaparse's mean time before and after it. */
interface Turn {
  papaparse: Seconds;
  plain: Seconds;
  languageShare?: number;
}

/** Reading CSV into SQLite, held against papaparse alone on the same file in the same process. */
export interface IngestFigures {
  rows: number;
  megabytes: number;
  /**
   * Rows per second of ingest as a share of papaparse's, by processor time: the median of turns in which both were measured, so
   * that other work on the machine, which slows both, counts little.
   */
  share: number;
  share_by_wall: number;
  /** The same with the language filter on; null where the config has no such key. */
  share_with_language: number | null;
  /** Rows per second of processor time. */
  papaparse: number;
  ingest: number;
  /** The most memory that a process of its own took for the rows, and for four times as many, in MB. */
  peak_mb: number;
  peak_of_four_times_mb: number;
}

const WORDS =
  'the flight was late again and nobody told us so thanks for nothing great crew though love it café 🙂'.split(' ');
const BRANDS = {
  acme: { name: 'Acme Air', match: { any: ['acme air', '@acmeair', '#acmeair'] } },
  other: { name: 'Other', match: { any: ['other phone', '@otherphone'] } },
};

export async function benchIngest(rows: number, runs: number): Promise<IngestFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-bench-'));
  try {
    const path = join(folder, 'posts.csv');
    writeCsv(path, rows);
    const four = join(folder, 'four.csv');
    writeCsv(four, 4 * rows);
    const hasLanguage = 'language' in configSchema.shape;
    const turns: Turn[] = [];
    for (let turn = 0; turn < runs; turn += 1) {
      const before = await timed(() => parseAlone(path, rows), PASSES);
      const plain = await timed(() => readInto(join(folder, `plain-${turn}.db`), path, rows, {}));
      const between = await timed(() => parseAlone(path, rows), PASSES);
      const papaparse = { processor: mean(before.processor, between.processor), wall: mean(before.wall, between.wall) };
      turns.push({ papaparse, plain });
      if (!hasLanguage) continue;
      const filtered = await timed(() => readInto(join(folder, `language-${turn}.db`), path, rows, { language: 'en' }));
      const after = await timed(() => parseAlone(path, rows), PASSES);
      turns[turn] = { papaparse, plain, languageShare: mean(between.processor, after.processor) / filtered.processor };
    }
    return {
      ...{ rows, megabytes: statSync(path).size / 1e6 },
      share: median(turns.map(({ papaparse, plain }) => papaparse.processor / plain.processor)),
      share_by_wall: median(turns.map(({ papaparse, plain }) => papaparse.wall / plain.wall)),
      share_with_language: hasLanguage ? median(turns.map(({ languageShare = 0 }) => languageShare)) : null,
      papaparse: rows / median(turns.map(({ papaparse }) => papaparse.processor)),
      ingest: rows / median(turns.map(({ plain }) => plain.processor)),
      peak_mb: peakOf(path, rows),
      peak_of_four_times_mb: peakOf(four, 4 * rows),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Posts of the length of tweets, a third of them about a brand, with ids, users and other columns. */
function writeCsv(path: string, rows: number): void {
  let state = 1;
  const random = (below: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  const file = openSync(path, 'w');
  let lines = ['id,created_at,text,user_id,likes'];
  for (let row = 0; row < rows; row += 1) {
    const words = Array.from({ length: 8 + random(16) }, () => WORDS[random(WORDS.length)]);
    if (random(3) === 0) words.splice(random(words.length), 0, random(2) === 0 ? '@AcmeAir' : 'my Other phone');
    const at = new Date(Date.UTC(2026, 0, 1) + row * 20_000).toISOString();
    lines.push(
      `${1_800_000_000_000_000_000n + BigInt(row)},${at},"${words.join(' ')}, ${row}",user${random(20_000)},${random(50)}`,
    );
    if (lines.length < 10_000 && row < rows - 1) continue;
    writeSync(file, `${lines.join('\n')}\n`);
    lines = [];
  }
  closeSync(file);
}

async function timed(work: () => Promise<void> | void, passes = 1): Promise<Seconds> {
  const [cpu, wall] = [process.cpuUsage(), performance.now()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { processor: (user + system) / 1e6 / passes, wall: (performance.now() - wall) / 1000 / passes };
}

function mean(a: number, b: number): number {
  return (a + b) / 2;
}

function parseAlone(path: string, rows: number): void {
  for (let pass = 0; pass < PASSES; pass += 1) {
    let seen = 0;
    Papa.parse(readFileSync(path, 'utf8'), {
      step: () => {
        seen += 1;
      },
    });
    if (seen < rows) throw new Error(`papaparse saw ${seen} rows`);
  }
}

async function readInto(database: string, path: string, rows: number, settings: object): Promise<void> {
  const config = configSchema.parse({
    ...{ time_zone: 'Europe/Berlin', inbox: join(path, '..', 'none'), brands: BRANDS },
    ...settings,
  });
  const store = await openSqlite(database);
  const summary = await ingest(
    {
      ...{ store, config, zone: zoneOf(config.time_zone), clock: () => Date.UTC(2030, 0, 1) },
      signal: new AbortController().signal,
      progress: { start: () => {}, advance: () => {}, finish: () => {} },
      log: pino({ level: 'silent' }),
    },
    { files: [path] },
  );
  await store.close();
  const { stored, duplicates, rejected } = summary;
  if (stored + duplicates + rejected !== rows) throw new Error(`${stored} of ${rows} rows were stored`);
}

/** The most memory that reading a file takes in a process of its own, in MB. */
function peakOf(path: string, rows: number): number {
  const args = [fileURLToPath(import.meta.url), path, String(rows)];
  return Math.round(Number(execFileSync(process.execPath, args, { encoding: 'utf8' })) / 1024);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [path = '', rows = '0'] = process.argv.slice(2);
  await readInto(`${path}.db`, path, Number(rows), {});
  console.log(process.resourceUsage().maxRSS);
}
