import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Papa from 'papaparse';
import { pino } from 'pino';
import { parse } from 'yaml';
import { startServer } from '../../dashboard/server.ts';
import { periodReport } from '../../jobs/period-report.ts';
import { lastPeriod } from '../../reports/period-model.ts';
import { parseDay } from '../../src/calendar.ts';
import { loadConfig } from '../../src/config/load.ts';
import { packageRoot } from '../../src/package.ts';
import { monitorInProcess } from '../support/cli-in-process.ts';
import { makeJobFolder } from '../support/job.ts';
import { sharedPath } from '../support/shared.ts';

export const NEWEST = '2026-09-30';
const AS_OF = '2026-10-01';
/** Real exports, moved so that each ends with the newest day. */
const EXPORTS = ['apple', 'gop_debate', 'sanders'].map((name) => `${name}_posts.csv.gz`);

export interface RealWorld {
  readonly url: string;
  readonly folder: string;
  remove(): Promise<void>;
}

/** A dashboard over real posts of many brands beside the synthetic world of the examples, scored by the shipped model. */
export async function makeRealWorld(): Promise<RealWorld> {
  const examples = parse(readFileSync(join(packageRoot, 'examples', 'monitor.yaml'), 'utf8')) as {
    brands: Record<string, unknown>;
  };
  const job = makeJobFolder(
    {
      ...{ ...examples, data_dir: './data', inbox: './inbox' },
      brands: {
        ...examples.brands,
        apple: {
          name: 'Apple',
          match: { any: ['apple'] },
          alerts: [{ below: 0.45, min_posts: 20 }, { type: 'volume' }],
        },
        'donald-trump': {
          ...{ name: 'Donald Trump', aliases: ['Donald Trump'], match: { any: ['trump'] } },
          alerts: [{ metric: 'positive_rate', below: 0.2, min_posts: 20 }],
        },
      },
    },
    'in processes',
  );
  const inbox = join(packageRoot, 'examples', 'inbox');
  for (const name of readdirSync(inbox)) job.drop(name, readFileSync(join(inbox, name)));
  for (const name of EXPORTS)
    job.drop(
      name.replace('.gz', ''),
      movedExport(gunzipSync(readFileSync(sharedPath('data', 'posts', name))).toString()),
    );
  await job.nightly(AS_OF, { now: Date.parse(`${AS_OF}T03:00:00Z`) });
  for (const kind of ['week', 'month'] as const)
    await job.session((session) => periodReport(session, lastPeriod(kind, parseDay(AS_OF) ?? 0)));

  const evaluations = join(job.folder, 'data', 'evaluations');
  mkdirSync(evaluations);
  for (const name of ['apple', 'sanders']) {
    const data = sharedPath('data', 'posts', `${name}_posts.csv.gz`);
    const { stdout } = await monitorInProcess('model', 'evaluate', '--data', data, '--by', 'brand', '--json');
    writeFileSync(join(evaluations, `${name}.json`), stdout);
  }
  const server = await startServer({
    ...{ config: loadConfig(job.configFile), clock: () => Date.parse(`${AS_OF}T08:00:00Z`) },
    ...{ log: pino({ level: 'silent' }), signal: new AbortController().signal },
    ...{ host: '127.0.0.1', port: 0, token: undefined, predictionsPerMinute: 0 },
  });
  return {
    ...{ url: server.url, folder: job.folder },
    remove: async () => {
      await server.close();
      job.remove();
    },
  };
}

function movedExport(csv: string): string {
  const { data } = Papa.parse<Record<string, string>>(csv, { header: true, skipEmptyLines: true });
  const times = data.map(({ created_at = '' }) => Date.parse(created_at)).filter(Number.isFinite);
  const last = times.reduce((a, b) => Math.max(a, b));
  const days = Math.floor((Date.parse(`${NEWEST}T21:00:00Z`) - last) / 86_400_000);
  return Papa.unparse(
    data.map((row) => ({
      ...row,
      created_at: new Date(Date.parse(row['created_at'] ?? '') + days * 86_400_000).toISOString(),
    })),
  );
}
