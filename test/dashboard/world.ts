import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { startServer } from '../../dashboard/server.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Pool } from '../../src/model/pool.ts';
import { inProcessPool, inProcessPoolOf } from '../support/in-process-pool.ts';
import { makeJobFolder } from '../support/job.ts';
import { makeTinyModel } from '../support/tiny-model.ts';

/** What a hostile person would write: every place that they can reach has it. */
export const HOSTILE = `"><img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
export const FORMULA = `=HYPERLINK("http://evil.example","great")`;

export const NEWEST = '2026-03-12';
const DAYS = 12;

export interface World {
  readonly url: string;
  readonly folder: string;
  remove(): Promise<void>;
}

/** A dashboard over a small database of two brands, with hostile words in posts, users, names and file names. */
export async function makeWorld(options: { token?: string; predictionsPerMinute?: number } = {}): Promise<World> {
  const models = mkdtempSync(join(tmpdir(), 'monitor-dashboard-'));
  const model = await makeTinyModel(models);
  const pool: Pool = await inProcessPool(model);
  const job = makeJobFolder(
    {
      model: { use: model },
      brands: {
        acme: { name: `Acme ${HOSTILE}`, alerts: [{ below: 0.5, min_posts: 5 }] },
        pellimo: { name: 'Pellimo', alerts: [] },
      },
    },
    pool,
  );
  job.drop(`posts ${'<img src=x onerror=alert(1)>'.replaceAll('/', '')}.csv`, posts());
  await job.nightly('2026-03-13');
  mkdirSync(join(job.folder, 'data', 'evaluations'));
  for (const name of ['one', '<b>two<b>'])
    writeFileSync(join(job.folder, 'data', 'evaluations', `${name}.json`), JSON.stringify(evaluation()));
  writeFileSync(join(job.folder, 'data', 'evaluations', 'broken.json'), '{');
  const server = await startServer({
    config: loadConfig(job.configFile),
    clock: () => Date.parse('2026-03-13T08:00:00Z'),
    log: pino({ level: 'silent' }),
    signal: new AbortController().signal,
    ...{ host: '127.0.0.1', port: 0, token: options.token },
    predictionsPerMinute: options.predictionsPerMinute ?? 0,
    makePool: (found) => (found.spec.name === 'social-accurate' ? inProcessPoolOf(found) : pool),
  });
  return {
    ...{ url: server.url, folder: job.folder },
    remove: async () => {
      await server.close();
      job.remove();
      rmSync(models, { recursive: true, force: true });
    },
  };
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

function posts(): string {
  const rows = ['id,created_at,text,user_id,brand'];
  for (let day = 1; day <= DAYS; day += 1)
    for (let index = 0; index < 70; index += 1) {
      const mood = index % 3 === 0 ? 'great love best' : index % 3 === 1 ? 'worst broken late' : 'my phone';
      const text =
        index === 0 ? `${HOSTILE} great ${day}` : index === 1 ? FORMULA : `${mood} flight ${day * 1000 + index}`;
      const user = index === 2 ? HOSTILE : index === 3 ? '+1+1' : `u${index}`;
      const at = `2026-03-${String(day).padStart(2, '0')}T${String(index % 24).padStart(2, '0')}:00:00Z`;
      for (const brand of ['acme', 'pellimo'])
        rows.push([`${brand}${day}-${index}`, at, quoted(text), quoted(user), brand].join(','));
    }
  return rows.join('\n');
}

/** An evaluation as `monitor model evaluate --json` prints it, of a model with a hostile name. */
function evaluation(): unknown {
  const interval = [0.5, 0.7];
  const figures = { accuracy: 0.6, macro_precision: 0.6, macro_recall: 0.61, macro_f1: 0.6, roc_auc: 0.7 };
  const all = { ...figures, average_precision: 0.7, ece: 0.05, brier: 0.5, log_loss: 0.9 };
  const names = ['negative', 'neutral', 'positive'];
  const of = { support: 20, precision: 0.6, recall: 0.6, f1: 0.6, roc_auc: 0.7, average_precision: 0.7 };
  const intervals = { ...Object.fromEntries(Object.keys(all).map((name) => [name, interval])), per_class: {} };
  const part = { name: `short ${HOSTILE}`, rows: 60, ...all, intervals };
  return {
    ...{ model: `model ${HOSTILE}`, rows: 60, skipped: {}, ...all, intervals },
    per_class: Object.fromEntries(names.map((name) => [name, of])),
    confusion: { labels: names, matrix: names.map((_, row) => names.map((__, column) => (row === column ? 12 : 4))) },
    reliability: [{ from: 0.4, to: 0.5, rows: 60, confidence: 0.45, accuracy: 0.5, interval }],
    precision_recall: {
      positive: [
        [0, 1],
        [1, 0.5],
      ],
    },
    groups: { by: 'source', parts: [part], more: 0 },
    lengths: [part],
  };
}
