import { type Command, InvalidArgumentError } from 'commander';
import type { Reader } from '../../db/store.ts';
import { compareSeries, type SeriesSource } from '../../jobs/model-compare.ts';
import { knownModel } from '../../jobs/models.ts';
import { loadConfig } from '../config/load.ts';
import { writeFileAtomic } from '../files.ts';
import { modelLabel } from '../model/pinned.ts';
import { comparisonCsv, comparisonDocument, comparisonText, daysDocument, daysText } from './comparison-output.ts';
import { type CommonOptions, databaseCommand } from './environment.ts';
import { withStore } from './model-database.ts';
import { printResult } from './output.ts';

export function modelCompareCommand(): Command {
  return databaseCommand('compare', 'show the daily figures of two models side by side', [
    'monitor model compare shown social@3f2a9c1b      what is shown now, and another model',
    'monitor model compare social@3f2a9c1b mine --csv both.csv',
  ])
    .argument('<a>', 'a model of the database, or `shown` for what reports show')
    .argument('<b>', 'another one')
    .option('--days <n>', 'days of each brand in the tables', wholeNumber, 14)
    .option('--csv <file>', 'write all days to a CSV file')
    .action(async (a: string, b: string, options: CommonOptions & { days: number; csv?: string }) => {
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
        const text = [
          comparisonText(brands, names),
          ...missing,
          ...lines,
          ...(options.csv ? [`CSV: ${options.csv}`] : []),
        ];
        printResult(options.json === true, document, text.join('\n\n'));
      });
    });
}

async function sourceOf(reader: Reader, id: string): Promise<{ name: string; source: SeriesSource }> {
  if (id === 'shown') return { name: 'shown', source: 'shown' };
  const model = await knownModel(reader, id);
  return { name: modelLabel(model), source: { modelId: model.modelId, from: null } };
}

function wholeNumber(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('Give a whole number from 1.');
  return number;
}
