import type { Command } from 'commander';
import { noDatabase } from '../../db/database.ts';
import { activeModel, countFigures, knownModels } from '../../db/networks.ts';
import { modelSpans } from '../../db/series.ts';
import type { Store } from '../../db/store.ts';
import { pinnedAccurateModels } from '../../jobs/accurate-model.ts';
import { pruneModels } from '../../jobs/model-prune.ts';
import { offeredModel } from '../../jobs/models.ts';
import { withSession } from '../../jobs/session.ts';
import { formatDay } from '../calendar.ts';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { modelLabel, pinnedBytes } from '../model/pinned.ts';
import { type CommonOptions, databaseAt, databaseCommand, jobInputOf } from './environment.ts';
import { formatTable, printResult } from './output.ts';

/** Opens the database as it is, also while a run is at work; what writes has to be short. Errors: E_USAGE when there is none yet. */
export async function withStore<T>(config: Config, work: (store: Store) => Promise<T>): Promise<T> {
  const database = databaseAt(config);
  if (!(await database.exists())) throw noDatabase(database);
  const store = await database.open();
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

export function modelListCommand(): Command {
  return databaseCommand('list', 'show the models that the database knows, and the one that is offered', [
    'monitor model list',
    'monitor model list --json',
  ]).action(async (options: CommonOptions) => {
    const config = loadConfig(options.config);
    const models = (await databaseAt(config).exists())
      ? await withStore(config, (store) => listModels(store, config))
      : [];
    const table = formatTable(
      ['model', 'state', 'texts scored', 'brand-days', 'copy, MB'],
      models.map((line) => [
        ...[line.model, line.state, String(line.scores), String(line.brand_days)],
        (line.copy_bytes / 1e6).toFixed(1),
      ]),
    );
    printResult(options.json === true, models, models.length === 0 ? 'No models yet: the first run adds one.' : table);
  });
}

interface ModelLine {
  model: string;
  sha256: string;
  state: string;
  scores: number;
  brand_days: number;
  copy_bytes: number;
}

async function listModels(store: Store, config: Config): Promise<ModelLine[]> {
  const active = await activeModel(store.read);
  const spans = await modelSpans(store.read);
  const accurate = await pinnedAccurateModels(store.read, config);
  const offer = active ? await offeredModel(config, active.sha256) : null;
  const lines: ModelLine[] = [];
  for (const known of await knownModels(store.read)) {
    const { scores, days } = await countFigures(store.read, known);
    const kept = spans.filter(({ modelId, to }) => modelId === known.modelId && to !== null);
    const states = [
      ...(known.modelId === active?.modelId ? ['active'] : []),
      ...kept.map(({ to }) => `kept for days up to ${formatDay(to ?? 0)}`),
      ...(accurate.some(({ sha256 }) => sha256 === known.sha256) ? ['second opinions'] : []),
      ...(known.sha256 === offer?.model?.sha256 ? ['offered'] : []),
    ];
    lines.push({
      model: modelLabel(known),
      sha256: known.sha256,
      state: states.join(', ') || 'not used',
      scores,
      brand_days: days,
      copy_bytes: await pinnedBytes(config.data_dir, known.sha256),
    });
  }
  if (offer?.model && !lines.some(({ sha256 }) => sha256 === offer.model?.sha256))
    lines.push({
      ...{
        model: modelLabel(offer.model),
        sha256: offer.model.sha256,
        state: `offered: monitor model use ${offer.use}`,
      },
      ...{ scores: 0, brand_days: 0, copy_bytes: 0 },
    });
  return lines;
}

export function modelPruneCommand(): Command {
  return databaseCommand('prune', 'delete scores, figures and copies of models that no day shows', [
    'monitor model prune --dry-run',
    'monitor model prune',
  ])
    .option('--dry-run', 'only show what would be deleted')
    .action(async (options: CommonOptions & { dryRun?: true }) => {
      const dryRun = options.dryRun === true;
      await withSession(jobInputOf(options), 'monitor model prune', async (session) => {
        const done = await pruneModels(session, { dryRun });
        const verb = dryRun ? 'would delete' : 'deleted';
        const lines = [
          ...done.models.map((line) => `${verb} ${line.scores} scores and ${line.days} brand-days of ${line.model}`),
          ...done.folders.map((folder) => `${verb} ${folder}`),
        ];
        const text = lines.length === 0 ? 'Nothing to delete: every model is in use.' : lines.join('\n');
        printResult(options.json === true, { dry_run: dryRun, ...done }, text);
      });
    });
}
