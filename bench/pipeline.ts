import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { report } from '../jobs/report.ts';
import { aggregateSeries, scoreSeries } from '../jobs/series.ts';
import { databasePath, type Session, withSession } from '../jobs/session.ts';
import { configSchema } from '../src/config/schema.ts';
import { ingest } from '../src/ingest/stage.ts';
import { writeExport } from './posts.ts';
import { childrenPeakMb, measured, processorSeconds, type Usage } from './usage.ts';

const BRANDS = {
  acme: { name: 'Acme Air', match: { any: ['acme air', '@acmeair', '#acmeair'] } },
  other: { name: 'Other', match: { any: ['other phone', '#otherphone'] } },
};
const NOW = Date.UTC(2026, 1, 1, 4);

/** What a run from the export to the reports took, stage by stage. */
export interface PipelineFigures {
  readonly posts: number;
  readonly stages: readonly { readonly name: string; readonly usage: Usage }[];
  readonly peak_mb: number;
  readonly peak_mb_workers: number;
  readonly database_bytes_a_post: number;
  /** Processor seconds, of all processes, that each million of texts took to score. */
  readonly seconds_by_million: readonly number[];
}

/** Runs the nightly job's stages on an export of invented posts in a folder of its own, with the model of a directory. */
export async function benchPipeline(posts: number, words: readonly string[], use: string): Promise<PipelineFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-bench-'));
  try {
    const inbox = join(folder, 'inbox');
    mkdirSync(inbox);
    writeExport(join(inbox, 'posts.csv'), posts, words, 1);
    const config = configSchema.parse({
      ...{ time_zone: 'Europe/Berlin', inbox, data_dir: join(folder, 'data'), brands: BRANDS },
      model: { use, engine: 'onnx' },
    });
    const millions = countMillions();
    const input = {
      ...{ config, clock: () => NOW, signal: new AbortController().signal, log: pino({ level: 'silent' }) },
      progress: millions.progress,
    };
    const stages: { name: string; usage: Usage }[] = [];
    let peakOfWorkers = 0;
    await withSession(input, 'bench', async (session: Session) => {
      const stage = async (name: string, work: () => Promise<unknown>) => {
        stages.push({ name, usage: (await measured(work)).usage });
        peakOfWorkers = Math.max(peakOfWorkers, childrenPeakMb());
      };
      await stage('ingest', async () => {
        const { stored } = await ingest(session);
        if (stored !== posts) throw new Error(`${stored} of ${posts} posts were stored`);
      });
      await stage('score', async () => {
        const { texts } = await scoreSeries(session);
        if (texts !== posts) throw new Error(`${texts} of ${posts} texts were scored`);
      });
      await stage('daily figures', () => aggregateSeries(session));
      await stage('report', () => report(session, session.zone.dayOf(NOW) - 1));
    });
    return {
      posts,
      stages,
      peak_mb: Math.round(process.resourceUsage().maxRSS / 1_024),
      peak_mb_workers: peakOfWorkers,
      database_bytes_a_post: Math.round(statSync(databasePath(config)).size / posts),
      seconds_by_million: millions.seconds,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Progress that takes the processor's time at every million texts scored. */
function countMillions() {
  const seconds: number[] = [];
  let done = 0;
  let scoring = false;
  let since = 0;
  const progress = {
    start: (label: string) => {
      scoring = label === 'score';
      since = processorSeconds();
    },
    advance: (by: number) => {
      if (!scoring) return;
      const before = Math.floor(done / 1e6);
      done += by;
      if (Math.floor(done / 1e6) === before) return;
      const now = processorSeconds();
      seconds.push(now - since);
      since = now;
    },
    finish: () => {
      scoring = false;
    },
  };
  return { seconds, progress };
}
