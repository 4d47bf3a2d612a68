import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import type { Estimate } from '../aggregate/estimate.ts';
import { MonitorError } from '../errors.ts';
import { findModel, loadModel, type Model } from '../model/artifact.ts';
import type { Rates } from '../model/calibration.ts';
import { type ArtificialResult, artificialPrevalence } from '../model/evaluation/artificial-prevalence.ts';
import { type GroupRates, groupRates, type PostOfGroup } from '../model/evaluation/group-rates.ts';
import { groupedPosts } from '../model/evaluation/grouped-posts.ts';
import { DEFAULT_MODEL } from '../model/names.ts';
import { createPool } from '../model/pool.ts';
import { percent } from '../percent.ts';
import { edge, withExamples } from './environment.ts';
import { listOf, properShare, wholeNumber } from './option-values.ts';
import { formatTable, printResult } from './output.ts';

interface Flags {
  data: string;
  groupBy: string[];
  model: string;
  confidence: number;
  textColumn: string;
  labelColumn: string;
  userColumn?: string;
  protocol?: 'artificial';
  sizes: number[];
  samples: number;
  seed: number;
  json?: true;
}

export function modelRatesCommand(): Command {
  const command = new Command('rates')
    .description('the rate of positive texts in each group of a file: counted, by mean probability, and corrected')
    .requiredOption('--data <file>', 'CSV or JSONL with a text; .gz too; labels, where there are any, are shown beside')
    .option('--group-by <columns>', 'columns whose values make a group, with commas between them', listOf(String), [])
    .option('--model <name>', 'a model that ships with the program, or the path of a model folder', DEFAULT_MODEL)
    .option('--confidence <share>', 'of the intervals', properShare, 0.9)
    .option('--text-column <name>', 'the column with the text', 'text')
    .option('--label-column <name>', 'the column with the label', 'label')
    .option('--user-column <name>', 'who wrote the text: one person’s ten texts are not ten people')
    .addOption(
      new Option(
        '--protocol <name>',
        'instead of groups: how far off each rate is when shares of classes drift',
      ).choices(['artificial']),
    )
    .option(
      '--sizes <numbers>',
      'artificial: posts in a day, with commas between them',
      listOf(wholeNumber(1, 100_000)),
      [100, 500],
    )
    .option('--samples <n>', 'artificial: days drawn of each size', wholeNumber(1, 100_000), 1_000)
    .option('--seed <n>', 'artificial: draws the same days again', wholeNumber(0, 2 ** 31 - 1), 1)
    .option('--json', 'print one JSON document instead of text')
    .action(async (flags: Flags) => {
      const { signal, progress } = edge();
      const model = await loadModel(findModel(flags.model));
      const { name, rates = null } = model.spec;
      // Said before hours of scoring.
      if (flags.protocol === 'artificial' && rates === null)
        throw new MonitorError('E_USAGE', `The model ${name} has no correction to measure.`, {
          remedy: 'Make a model that has one: monitor model calibrate',
        });
      const { textColumn: text, labelColumn: label, userColumn: user } = flags;
      const groupBy = flags.groupBy.filter((column) => column !== '');
      const pool = createPool({ model, workers: availableParallelism() });
      try {
        const columns = { text, label, user };
        const read = await groupedPosts({ ...{ data: flags.data, columns, groupBy, model, pool }, signal, progress });
        if (flags.protocol === 'artificial' && rates !== null)
          await printArtificial(flags, model, rates, read.posts, signal);
        else printGroups(flags, model, groupBy, groupRates(read.posts, rates, flags.confidence), read.skipped);
      } finally {
        await pool.close();
      }
    });
  return withExamples(command, [
    'monitor model rates --data posts.csv --group-by brand,day',
    'monitor model rates --data labelled.csv --model ./my-model --protocol artificial --sizes 100,500',
  ]);
}

function printGroups(
  flags: Flags,
  { spec }: Model,
  groupBy: readonly string[],
  groups: readonly GroupRates[],
  skipped: number,
): void {
  const rows = groups.map(({ group, n, counted, meanProbability, corrected, labelled }) => [
    ...group,
    String(n),
    ...[counted, meanProbability, corrected].flatMap((estimate) => [valueText(estimate), endsText(estimate)]),
    labelled === null ? '–' : labelled.rate.toFixed(3),
  ]);
  const header = [...groupBy, 'n', 'counted', 'from–to', 'mean p', 'from–to', 'corrected', 'from–to', 'labels'];
  const document = {
    model: spec.name,
    confidence: flags.confidence,
    skipped,
    groups: groups.map(({ group, n, counted, meanProbability, corrected, labelled }) => ({
      group: Object.fromEntries(groupBy.map((name, index) => [name, group[index] ?? ''])),
      n,
      counted: endsOf(counted),
      mean_probability: endsOf(meanProbability),
      corrected: endsOf(corrected),
      labelled,
    })),
  };
  const notes = [
    ...(spec.rates ? [] : [`${spec.name} has no correction: monitor model calibrate makes one.`]),
    ...(skipped > 0 ? [`${skipped} rows without a text were left out.`] : []),
  ];
  printResult(flags.json === true, document, [formatTable(header, rows), ...notes].join('\n'));
}

async function printArtificial(
  { sizes, samples, seed, confidence, json }: Flags,
  { spec: { name, labels } }: Model,
  rates: Rates,
  posts: readonly PostOfGroup[],
  signal: AbortSignal,
): Promise<void> {
  const results: ArtificialResult[] = [];
  for (const size of sizes)
    results.push(await artificialPrevalence({ posts, labels, rates, size, samples, seed, confidence, signal }));
  printResult(json === true, { model: name, confidence, results }, results.map(artificialText).join('\n\n'));
}

function artificialText(result: ArtificialResult): string {
  const { size, samples, counted, meanProbability, corrected, saerens, coverage, coverageOfSource, width } = result;
  const table = formatTable(
    ['positive rate', 'mean absolute error', 'mean error'],
    Object.entries({ counted, 'mean probability': meanProbability, corrected, 'SLD, for comparison': saerens }).map(
      ([name, { mae, bias }]) => [name, mae.toFixed(4), bias.toFixed(4)],
    ),
  );
  return `${samples} days of ${size} posts
${table}
The corrected rate's interval held the rate among the posts in ${percent(coverage)} of the days, and the rate that they were drawn by in ${percent(coverageOfSource)}; it is ${width.toFixed(3)} wide.`;
}

function endsOf(estimate: Estimate | null): Pick<Estimate, 'value' | 'low' | 'high'> | null {
  return estimate && { value: estimate.value, low: estimate.low, high: estimate.high };
}

function valueText(estimate: Estimate | null): string {
  return estimate === null ? '–' : estimate.value.toFixed(3);
}

function endsText(estimate: Estimate | null): string {
  return estimate === null || estimate.low === null || estimate.high === null
    ? '–'
    : `${estimate.low.toFixed(3)}–${estimate.high.toFixed(3)}`;
}
