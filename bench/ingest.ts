import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Papa from 'papaparse';
import { pino } from 'pino';
import { openSqlite } from '../db/store.ts';
import { zoneOf } from '../src/calendar.ts';
import { configSchema } from '../src/config/schema.ts';
import { ingest } from '../src/ingest/stage.ts';

/** Figures of reading CSV into SQLite, held against papaparse alone on the same file in the same process. */
export interface IngestFigures {
  rows: number;
  megabytes: number;
  /** Rows per second of processor time, each the best of its runs, so that other work on the machine counts little. */
  papaparse: number;
  ingest: number;
  /** How many times longer ingest takes than papaparse alone. */
  ratio: number;
  /** Memory in use in the middle and at the end of reading, in MB: the same, whatever the file's length. */
  memory_middle_mb: number;
  memory_end_mb: number;
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
    writeFileSync(path, csvOf(rows));
    let papaparse = Number.POSITIVE_INFINITY;
    let whole = Number.POSITIVE_INFINITY;
    let memory: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      papaparse = Math.min(papaparse, timeOfPapaparse(path, rows));
      const read = await timeOfIngest(path, join(folder, `run-${run}.db`), rows);
      whole = Math.min(whole, read.seconds);
      memory = read.memory;
    }
    return {
      ...{ rows, megabytes: statSync(path).size / 1e6, papaparse: rows / papaparse, ingest: rows / whole },
      ratio: whole / papaparse,
      memory_middle_mb: Math.round((memory[Math.floor(memory.length / 2)] ?? 0) / 1e6),
      memory_end_mb: Math.round((memory.at(-1) ?? 0) / 1e6),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Posts of the length of tweets, a third of them about a brand, with ids, users and other columns. */
function csvOf(rows: number): string {
  let state = 1;
  const random = (below: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  const lines = ['id,created_at,text,user_id,likes'];
  for (let row = 0; row < rows; row += 1) {
    const words = Array.from({ length: 8 + random(16) }, () => WORDS[random(WORDS.length)]);
    if (random(3) === 0) words.splice(random(words.length), 0, random(2) === 0 ? '@AcmeAir' : 'my Other phone');
    const at = new Date(Date.UTC(2026, 0, 1) + row * 20_000).toISOString();
    lines.push(
      `${1_800_000_000_000_000_000n + BigInt(row)},${at},"${words.join(' ')}, ${row}",user${random(20_000)},${random(50)}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** Seconds of processor time since a start. */
function secondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

function timeOfPapaparse(path: string, rows: number): number {
  const start = process.cpuUsage();
  let seen = 0;
  Papa.parse(readFileSync(path, 'utf8'), {
    step: () => {
      seen += 1;
    },
  });
  if (seen < rows) throw new Error(`papaparse saw ${seen} rows`);
  return secondsSince(start);
}

async function timeOfIngest(
  path: string,
  database: string,
  rows: number,
): Promise<{ seconds: number; memory: number[] }> {
  const config = configSchema.parse({ time_zone: 'Europe/Berlin', inbox: join(path, '..', 'none'), brands: BRANDS });
  const store = await openSqlite(database);
  const memory: number[] = [];
  const start = process.cpuUsage();
  const summary = await ingest(
    {
      ...{ store, config, zone: zoneOf(config.time_zone), clock: () => Date.UTC(2030, 0, 1) },
      signal: new AbortController().signal,
      progress: {
        start: () => {},
        advance: () => memory.push(process.memoryUsage.rss()),
        finish: () => {},
      },
      log: pino({ level: 'silent' }),
    },
    { files: [path] },
  );
  const seconds = secondsSince(start);
  await store.close();
  if (summary.stored !== rows) throw new Error(`${summary.stored} of ${rows} rows were stored`);
  return { seconds, memory };
}
