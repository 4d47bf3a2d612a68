import { type Command, Option } from 'commander';
import { type BrandSimulation, simulateBrand } from '../../jobs/alert-simulation.ts';
import { svgToPng } from '../../reports/png.ts';
import { simulationSvg } from '../../reports/simulation-chart.ts';
import { METRICS, type WrittenRule, writtenRule } from '../config/alerts.ts';
import { MonitorError } from '../errors.ts';
import { writeFileAtomic } from '../files.ts';
import { reading } from './alerts-list.ts';
import { simulationDocument, simulationText } from './alerts-simulate-output.ts';
import { type CommonOptions, databaseCommand, dayOption } from './environment.ts';
import { printResult } from './output.ts';

interface Options extends CommonOptions {
  brand: string;
  from: string;
  to?: string;
  rule?: string;
  metric?: string;
  threshold?: string;
  recoverAbove?: string;
  window?: string;
  minPosts?: string;
  for?: string;
  confidence?: string;
  perMonth: string;
  chart?: string;
}

export function simulateCommand(): Command {
  return databaseCommand('simulate', 'replay history: which alerts a rule would have sent, and which threshold suits', [
    'monitor alerts simulate --brand acme-air --from 2026-01-01',
    'monitor alerts simulate --brand acme-air --from 2026-01-01 --threshold 0.4 --window 7',
    'monitor alerts simulate --brand acme-air --from 2026-01-01 --per-month 0.5 --chart acme.png',
  ])
    .requiredOption('--brand <slug>', 'the brand')
    .requiredOption('--from <date>', 'first day')
    .option('--to <date>', 'last day, included (default: the last with figures)')
    .option('--rule <number>', 'which of the brand’s rules, from 1 (default: the first on a threshold)')
    .option('--threshold <value>', 'fire below this')
    .option('--recover-above <value>', 'end at this')
    .option('--window <days>', 'average over so many days')
    .addOption(new Option('--metric <name>', 'the figure to watch').choices(METRICS))
    .option('--min-posts <n>', 'posts that the window needs')
    .option('--for <days>', 'days below before it fires')
    .option('--confidence <share>', 'how sure it must be, such as 0.95')
    .option('--per-month <n>', 'alerts a month that you want at most', '1')
    .option('--chart <file>', 'draw it, into a .png or .svg file')
    .action(async (options: Options) => {
      const perMonth = numberOf('--per-month', options.perMonth);
      if (perMonth <= 0)
        throw new MonitorError('E_USAGE', '--per-month must be above 0.', {
          remedy: 'Write how many alerts a month are fine, such as 0.5.',
        });
      const { chart } = options;
      if (chart !== undefined && !/\.(png|svg)$/i.test(chart))
        throw new MonitorError('E_USAGE', `${chart} ends neither in .png nor in .svg.`, {
          remedy: 'Name the file with one of these endings.',
        });
      const request = {
        ...{ brand: options.brand, from: dayOption(options.from), perMonth, change: changeOf(options) },
        to: options.to === undefined ? null : dayOption(options.to),
        rule: options.rule === undefined ? null : numberOf('--rule', options.rule),
      };
      const found = await reading(options, ({ store, config }) =>
        store.snapshot((reader) => simulateBrand(reader, config, request)),
      );
      if (chart !== undefined) await draw(chart, found, perMonth);
      printResult(
        options.json === true,
        simulationDocument(found, perMonth),
        [...simulationText(found, perMonth), ...(chart === undefined ? [] : ['', `chart     ${chart}`])].join('\n'),
      );
    });
}

/** The settings to try, held to what a config file may have. */
function changeOf(options: Options): WrittenRule {
  const number = (name: string, text: string | undefined) => (text === undefined ? undefined : numberOf(name, text));
  const parsed = writtenRule.safeParse({
    ...{ metric: options.metric, below: number('--threshold', options.threshold) },
    ...{ recover_above: number('--recover-above', options.recoverAbove), window: number('--window', options.window) },
    ...{ min_posts: number('--min-posts', options.minPosts), for: number('--for', options.for) },
    confidence: number('--confidence', options.confidence),
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const names: Readonly<Record<string, string>> = {
    below: 'threshold',
    recover_above: 'recover-above',
    min_posts: 'min-posts',
  };
  const key = String(issue?.path[0] ?? '');
  throw new MonitorError('E_USAGE', `--${names[key] ?? key}: ${issue?.message ?? 'is not usable'}.`, {
    remedy: 'The same values are right as in monitor.yaml.',
  });
}

function numberOf(name: string, text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number)) return number;
  throw new MonitorError('E_USAGE', `${name}: "${text}" is not a number.`, { remedy: 'Write it as 0.45.' });
}

async function draw(file: string, found: BrandSimulation, perMonth: number): Promise<void> {
  const { svg, width } = simulationSvg(found, perMonth);
  await writeFileAtomic(file, /\.svg$/i.test(file) ? Buffer.from(svg) : svgToPng(svg, width));
}
