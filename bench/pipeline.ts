import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { databasePath } from '../db/database.ts';
import { report } from '../jobs/report.ts';
import { aggregateSeries, scoreSeries, seriesAhead } from '../jobs/series.ts';
import { type Session, withSession } from '../jobs/session.ts';
import { configSchema } from '../src/config/schema.ts';
import { keepHeapSmall } from '../src/heap.ts';
import { ingest } from '../src/ingest/stage.ts';
import { measured, type ProcessorSeconds, processorSeconds, secondsSince, type Usage, watchMemory } from './usage.ts';

const BRANDS = {
  acme: { name: 'Acme Air', match: { any: ['acme air', '@acmeair', '#acmeair'] } },
  other: { name: 'Other', match: { any: ['other phone', '#otherphone'] } },
};
const POSTS_PROCESS = fileURLToPath(new URL('./posts-process.ts', import.meta.url));
const NOW = Date.UTC(2026, 1, 1, 4);

/** What a run from the export to the reports took. */
export interface PipelineFigures {
  readonly posts: number;
  /** As in a night: texts are scored while others are read. */
  readonly night: Usage;
  /** One stage after the other, which tells what each of them takes; none where only the night was run. */
  readonly stages: readonly { readonly name: string; readonly usage: Usage }[];
  /** Megabytes at the moment when the processes took most together. */
  readonly peak_mb: { readonly own: number; readonly workers: number };
  readonly database_bytes_a_post: number;
  /**
   * Processor seconds that reading and scoring took for each million of posts. Workers do the same for each, so that theirs tell how
   * fast the machine was meanwhile.
   */
  readonly seconds_by_million: readonly ProcessorSeconds[];
  /** Processor seconds of what came after it: the figures of all days, and the report. */
  readonly seconds_of_figures: number;
}

/** Runs the nightly job's stages on an export of invented posts in a folder of its own, with the model of a directory. */
export async function benchPipeline(posts: number, use: string, withStages: boolean): Promise<PipelineFigures> {
  // As the program itself starts.
  keepHeapSmall();
  const folder = mkdtempSync(join(tmpdir(), 'monitor-bench-'));
  try {
    const inbox = join(folder, 'inbox');
    mkdirSync(inbox);
    execFileSync(process.execPath, [POSTS_PROCESS, join(inbox, 'posts.csv'), String(posts)], { stdio: 'inherit' });
    const run = { posts, use, inbox };
    const night = await runNight({ ...run, data: join(folder, 'night') });
    return { posts, ...night, stages: withStages ? await runStages({ ...run, data: join(folder, 'stages') }) : [] };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Run {
  readonly posts: number;
  readonly use: string;
  readonly inbox: string;
  readonly data: string;
}

async function runNight(run: Run): Promise<Omit<PipelineFigures, 'posts' | 'stages'>> {
  const { posts } = run;
  const millions = countMillions(posts);
  const config = configOf(run);
  const figures = await withSession({ ...INPUT, config, progress: millions.progress }, 'bench', async (session) => {
    const memory = watchMemory();
    const { result: seconds, usage: scored } = await measured(async () => {
      millions.start();
      const ahead = await seriesAhead(session);
      const { stored } = await ingest(session, { ...(ahead && { beside: ahead }) });
      expectAll(posts, stored);
      expectAll(posts, (await scoreSeries(session, { ahead })).texts);
      return millions.end();
    });
    await session.pool.close();
    const { usage: finished } = await measured(() => finish(session));
    return {
      night: { wall: scored.wall + finished.wall, own: scored.own + finished.own, workers: scored.workers },
      peak_mb: memory(),
      seconds_by_million: seconds,
      seconds_of_figures: finished.own,
    };
  });
  return { ...figures, database_bytes_a_post: Math.round(statSync(databasePath(config)).size / posts) };
}

function runStages(run: Run): Promise<PipelineFigures['stages']> {
  const { posts } = run;
  const progress = { start: () => undefined, advance: () => undefined, finish: () => undefined };
  return withSession({ ...INPUT, config: configOf(run), progress }, 'bench', async (session) => {
    const stages: { name: string; usage: Usage }[] = [];
    const stage = async (name: string, work: () => Promise<unknown>) => {
      stages.push({ name, usage: (await measured(work)).usage });
    };
    await stage('ingest', async () => expectAll(posts, (await ingest(session)).stored));
    await stage('score', async () => expectAll(posts, (await scoreSeries(session)).texts));
    await stage('figures and report', () => finish(session));
    return stages;
  });
}

const INPUT = { clock: () => NOW, signal: new AbortController().signal, log: pino({ level: 'silent' }) };

function configOf({ inbox, data, use }: Run) {
  return configSchema.parse({
    ...{ time_zone: 'Europe/Berlin', inbox, data_dir: data, brands: BRANDS },
    model: { use, engine: 'onnx' },
  });
}

async function finish(session: Session): Promise<void> {
  await aggregateSeries(session);
  await report(session, session.zone.dayOf(NOW) - 1);
}

function expectAll(posts: number, done: number): void {
  if (done !== posts) throw new Error(`${done} of ${posts} posts`);
}

/** Progress that takes the processor's time at every million posts read; what comes after the last is the last one's. */
function countMillions(posts: number) {
  const seconds: ProcessorSeconds[] = [];
  let [done, whole, since] = [0, 1, processorSeconds()];
  const mark = () => {
    seconds.push(secondsSince(since));
    since = processorSeconds();
  };
  return {
    start: () => {
      since = processorSeconds();
    },
    end: () => {
      mark();
      return posts < 2e6 ? [] : seconds;
    },
    progress: {
      start: (label: string, total: number) => {
        whole = label === 'ingest' ? total : Number.POSITIVE_INFINITY;
      },
      advance: (by: number) => {
        done += by;
        const million = Math.floor(((done / whole) * posts) / 1e6);
        if (million > seconds.length && million * 1e6 < posts) mark();
      },
      finish: () => undefined,
    },
  };
}
