import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { Command } from 'commander';
import { drawSample, importLabels, sheetOf } from '../../jobs/audit.ts';
import { auditBrand } from '../../jobs/audit-figures.ts';
import { workersOf } from '../../jobs/session.ts';
import { formatDay } from '../calendar.ts';
import { loadConfig } from '../config/load.ts';
import { EXIT, MonitorError } from '../errors.ts';
import { writeFileAtomic } from '../files.ts';
import { createEncodingProbe } from '../ingest/encoding.ts';
import { createPool } from '../model/pool.ts';
import { reasonOf } from '../system-errors.ts';
import { auditDocument, auditText, importText } from './audit-output.ts';
import { type CommonOptions, databaseCommand, dayOption, edge, type SetExitCode } from './environment.ts';
import { withStore } from './model-database.ts';
import { wholeNumber } from './option-values.ts';
import { printResult } from './output.ts';

/** How right the model is for one brand, by posts that people labelled. */
export function auditCommand(setExitCode: SetExitCode): Command {
  return new Command('audit')
    .description('find out how right the model is for a brand: draw posts, label them, see')
    .addCommand(sampleCommand())
    .addCommand(importCommand(setExitCode))
    .addCommand(showCommand());
}

interface SampleOptions extends CommonOptions {
  brand: string;
  number: number;
  from?: string;
  to?: string;
  seed: number;
  out: string;
}

function sampleCommand(): Command {
  return databaseCommand('sample', 'draw posts of a brand at random and write them to a file, to be labelled', [
    'monitor audit sample --brand acme-air -n 200 --out sample.csv',
    'monitor audit sample --brand acme-air -n 300 --from 2026-03-01 --to 2026-03-31 --seed 2 --out march.csv',
  ])
    .requiredOption('--brand <slug>', 'the brand')
    .requiredOption('--out <file>', 'the CSV to write: key,created_at,text,label')
    .option('-n, --number <n>', 'posts to draw', wholeNumber(1, 100_000), 200)
    .option('--from <date>', 'first day (default: all)')
    .option('--to <date>', 'last day, included')
    .option('--seed <n>', 'another number draws other posts', wholeNumber(0, 2 ** 31 - 1), 1)
    .action(async (options: SampleOptions) => {
      const [from, to] = [options.from, options.to].map((day) => (day === undefined ? undefined : dayOption(day)));
      if (from !== undefined && to !== undefined && from > to)
        throw new MonitorError('E_USAGE', '--from is after --to.', { remedy: 'Give the earlier day as --from.' });
      if (existsSync(options.out))
        throw new MonitorError('E_USAGE', 'There is a file of this name, which may hold labels.', {
          place: { file: options.out },
          remedy: 'Import its labels with `monitor audit import` and delete it, or give another name.',
        });
      const { signal, clock } = edge();
      const request = { brand: options.brand, size: options.number, seed: options.seed, from, to };
      await withStore(loadConfig(options.config), async (store) => {
        const { sample, posts } = await drawSample(store, request, { nowMs: clock(), signal });
        await writeFileAtomic(options.out, sheetOf(sample, posts));
        const days = { from: formatDay(sample.from), to: formatDay(sample.to) };
        const document = {
          ...{ file: options.out, sample: sample.code, brand: options.brand, ...days, seed: sample.seed },
          ...{ posts: posts.length, drawn_from: sample.population },
        };
        const text = [
          `${posts.length} of ${sample.population} posts from ${days.from} to ${days.to} in ${options.out}, sample ${sample.code}`,
          'Write negative, neutral or positive into the column "label", from the top: the first so many are a random sample too.',
          `Then: monitor audit import ${options.out}`,
        ];
        printResult(options.json === true, document, text.join('\n'));
      });
    });
}

/** A file of labels is small; this keeps a mistaken argument from filling the memory. */
const LARGEST_FILE = 67_108_864;

function importCommand(setExitCode: SetExitCode): Command {
  return databaseCommand('import', 'store the labels of a file that `monitor audit sample` wrote', [
    'monitor audit import sample.csv',
    'monitor audit import sample.csv --json',
  ])
    .argument('<file>', 'the CSV with its column "label" filled in; rows without a label are left for later')
    .action(async (file: string, options: CommonOptions) => {
      const config = loadConfig(options.config);
      const content = await contentOf(file);
      const { signal, clock } = edge();
      await withStore(config, async (store) => {
        const done = await importLabels(store, { content, file }, { nowMs: clock(), signal });
        printResult(options.json === true, done, importText(done));
        if (done.rejected.length > 0) setExitCode(EXIT.rejectedInput);
      });
    });
}

async function contentOf(file: string): Promise<string> {
  try {
    if ((await stat(file)).size > LARGEST_FILE)
      throw new MonitorError('E_INPUT', 'The file is too large for one of labels.', {
        place: { file },
        remedy: 'Give a file that `monitor audit sample` wrote.',
      });
    return textOf(await readFile(file));
  } catch (cause) {
    if (cause instanceof MonitorError) throw cause;
    throw new MonitorError('E_FILE', `The file can't be read: ${reasonOf(cause)}`, {
      place: { file },
      remedy: 'Check its path, and that this user may read it.',
      cause,
    });
  }
}

/** In the encodings and with the line ends that spreadsheets save. */
function textOf(bytes: Uint8Array): string {
  const probe = createEncodingProbe();
  probe.push(bytes);
  const text = new TextDecoder(probe.result().encoding).decode(bytes);
  return text.includes('\n') ? text : text.replaceAll('\r', '\n');
}

function showCommand(): Command {
  return databaseCommand('show', 'show how right the model is by the labels, and what the true rate is', [
    'monitor audit show --brand acme-air',
    'monitor audit show --brand acme-air --models social,./my-model      compare two models on the same posts',
  ])
    .requiredOption('--brand <slug>', 'the brand')
    .option('--models <a,b>', 'one model, or two to compare (default: the model in use)')
    .option('--sample <code>', 'which sample (default: the one labelled last)')
    .action(async (options: CommonOptions & { brand: string; models?: string; sample?: string }) => {
      const models = (options.models ?? '').split(',').flatMap((id) => id.trim() || []);
      if (models.length > 2)
        throw new MonitorError('E_USAGE', 'Two models can be compared at once.', { remedy: 'Write --models A,B.' });
      const config = loadConfig(options.config);
      const { signal } = edge();
      await withStore(config, async (store) => {
        const audit = await auditBrand(
          store.read,
          config,
          { brand: options.brand, models, sample: options.sample },
          {
            ...{ resamples: 1_000, seed: 1, signal },
            poolOf: (model) => createPool({ model, workers: workersOf(config), engine: config.model.engine }),
          },
        );
        printResult(options.json === true, auditDocument(options.brand, audit), auditText(options.brand, audit));
      });
    });
}
