import { Command, Option } from 'commander';
import { MonitorError } from '../errors.ts';
import type { SyntheticOptions } from '../model/synthetic/rows.ts';
import { writeSynthetic } from '../model/synthetic/write.ts';
import { dayOption, withExamples } from './environment.ts';
import { numberThat, wholeNumber } from './option-values.ts';
import { printResult } from './output.ts';

/** More would not fit the memory of a small machine. */
const MOST_ROWS = 500_000;

interface SynthFlags {
  out: string;
  rows: number;
  seed: number;
  classes: string;
  test: number;
  from?: string;
  to?: string;
  json?: true;
}

export function modelSynthCommand(): Command {
  const command = new Command('synth')
    .description('write a labelled set of invented posts, to try training and the rest without data')
    .requiredOption('--out <file>', 'the file to write: .csv or .csv.gz')
    .option('--rows <n>', 'how many posts', wholeNumber(12, MOST_ROWS), 2000)
    .option(
      '--seed <n>',
      'another number gives other posts, the same number the same ones',
      wholeNumber(0, 2 ** 31 - 1),
      1,
    )
    .addOption(new Option('--classes <n>', '2: without neutral').choices(['2', '3']).default('3'))
    .option(
      '--test <share>',
      'share of the posts that goes to a second file, FILE.test.csv',
      numberThat((share) => share >= 0 && share <= 0.5, 'a share from 0 to 0.5, such as 0.2'),
      0,
    )
    .option('--from <date>', 'first day: adds created_at, user_id and brand')
    .option('--to <date>', 'last day, included')
    .option('--json', 'print one JSON document instead of text')
    .action(async (flags: SynthFlags) => {
      const files = await writeSynthetic({ ...optionsOf(flags), out: flags.out, test: flags.test });
      const text = files.map(({ file, rows, labels }) => {
        const counts = Object.entries(labels).map(([label, count]) => `${count} ${label}`);
        return `${rows} rows in ${file}: ${counts.join(', ')}`;
      });
      printResult(flags.json === true, { files }, text.join('\n'));
    });
  return withExamples(command, [
    'monitor model synth --out synthetic.csv',
    'monitor model synth --out synthetic.csv --test 0.2',
    'monitor model synth --out inbox/invented.csv.gz --rows 20000 --from 2026-09-01 --to 2026-09-30',
  ]);
}

function optionsOf({ out, rows, seed, classes, from, to }: SynthFlags): SyntheticOptions {
  if (!/\.csv(\.gz)?$/i.test(out))
    throw new MonitorError('E_USAGE', `"${out}" is no name of a CSV file.`, {
      remedy: 'Give a name that ends in .csv or .csv.gz.',
    });
  const options = {
    rows,
    seed,
    classes: classes === '2' ? 2 : 3,
  } as const;
  if (from === undefined && to === undefined) return options;
  if (from === undefined || to === undefined)
    throw new MonitorError('E_USAGE', 'One of --from and --to is missing.', {
      remedy: 'Give the first and the last day, or neither.',
    });
  const days = { from: dayOption(from), to: dayOption(to) };
  if (days.from > days.to)
    throw new MonitorError('E_USAGE', '--from is after --to.', { remedy: 'Give the earlier day as --from.' });
  return { ...options, days };
}
