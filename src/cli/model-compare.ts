import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import type { Reader } from '../../db/store.ts';
import { compareSeries, type SeriesSource } from '../../jobs/model-compare.ts';
import { knownModel } from '../../jobs/models.ts';
import { loadConfig } from '../config/load.ts';
import { MonitorError } from '../errors.ts';
import { writeFileAtomic } from '../files.ts';
import { findModel, loadModel } from '../model/artifact.ts';
import { betterOf, compareModels } from '../model/evaluation/compare.ts';
import { modelLabel } from '../model/pinned.ts';
import { createPool } from '../model/pool.ts';
import { comparisonCsv, comparisonDocument, comparisonText, daysDocument, daysText } from './comparison-output.ts';
import { type CommonOptions, databaseCommand, edge } from './environment.ts';
import { type LabelledFlags, labelledOptions, withLabelledOptions } from './labelled-options.ts';
import { modelComparisonText, verdict } from './model-comparison-output.ts';
import { withStore } from './model-database.ts';
import { wholeNumber } from './option-values.ts';
import { printResult } from './output.ts';

type CompareFlags = CommonOptions & LabelledFlags & { data?: string; days: number; csv?: string };

export function modelCompareCommand(): Command {
  const command = databaseCommand('compare', 'two models side by side: their daily figures, or on labelled texts', [
    'monitor model compare shown social@3f2a9c1b      what is shown now, and another model',
    'monitor model compare social@3f2a9c1b mine --csv both.csv',
    'monitor model compare social ./my-model --data labelled.csv      which one is right more often, and how sure that is',
  ])
    .argument('<a>', 'a model of the database, or `shown` for what reports show; with --data a name or a model folder')
    .argument('<b>', 'another one')
    .option('--days <n>', 'days of each brand in the tables', wholeNumber(1), 14)
    .option('--csv <file>', 'write all days to a CSV file')
    .option('--data <file>', 'measure both on these labelled texts; CSV or JSONL, .gz too');
  return withLabelledOptions(command).action(async (a: string, b: string, options: CompareFlags) => {
    const { data, csv } = options;
    if (data !== undefined && csv !== undefined)
      throw new MonitorError('E_USAGE', 'There are no days to write with --data.', {
        remedy: 'Leave out --csv; --json has all figures.',
      });
    if (data === undefined && (options.by ?? options.only) !== undefined)
      throw new MonitorError('E_USAGE', '--by and --only are about labelled texts.', {
        remedy: 'Name a file of them with --data.',
      });
    return data === undefined ? compareDays(a, b, options) : compareOnTexts(a, b, { ...options, data });
  });
}

/** Both models on the same labelled texts. Needs no settings and no database. */
async function compareOnTexts(a: string, b: string, flags: CompareFlags & { data: string }): Promise<void> {
  const { signal, progress } = edge();
  const models = await Promise.all([loadModel(findModel(a)), loadModel(findModel(b))]);
  const workers = Math.ceil(availableParallelism() / 2);
  const [first, second] = models.map((model) => ({ model, pool: createPool({ model, workers }) }));
  if (first === undefined || second === undefined) return;
  try {
    const options = labelledOptions(flags);
    const comparison = await compareModels({ data: flags.data, ...options, a: first, b: second, signal, progress });
    const document = { better: betterOf(comparison.mcnemar), verdict: verdict(comparison), ...comparison };
    printResult(flags.json === true, document, modelComparisonText(comparison));
  } finally {
    await Promise.all([first.pool.close(), second.pool.close()]);
  }
}

async function compareDays(a: string, b: string, options: CompareFlags): Promise<void> {
  const config = loadConfig(options.config);
  await withStore(config, async (store) => {
    const { names, brands } = await store.snapshot(async (reader) => {
      const [first, second] = [await sourceOf(reader, a), await sourceOf(reader, b)];
      return {
        names: { a: first.name, b: second.name },
        brands: await compareSeries(reader, config, { a: first.source, b: second.source }),
      };
    });
    if (options.csv !== undefined) await writeFileAtomic(options.csv, comparisonCsv(brands));
    const lines = brands.map((brand) => daysText(brand, options.days));
    const overview = comparisonDocument(brands);
    const document = {
      ...names,
      brands: overview.map((brand, index) => ({
        ...(brand as object),
        series: daysDocument(brands[index]?.days ?? []),
      })),
    };
    const missing = brands.every(({ common }) => common === 0)
      ? [
          'They have no days in common: `monitor backfill --from DATE --model ID` computes a model’s days beside the others.',
        ]
      : [];
    const text = [comparisonText(brands, names), ...missing, ...lines, ...(options.csv ? [`CSV: ${options.csv}`] : [])];
    printResult(options.json === true, document, text.join('\n\n'));
  });
}

async function sourceOf(reader: Reader, id: string): Promise<{ name: string; source: SeriesSource }> {
  if (id === 'shown') return { name: 'shown', source: 'shown' };
  const model = await knownModel(reader, id);
  return { name: modelLabel(model), source: { modelId: model.modelId, from: null } };
}
