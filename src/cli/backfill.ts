import { type Command, Option } from 'commander';
import { type BackfillOptions, backfill, REPROCESS } from '../../jobs/backfill.ts';
import { planBackfill } from '../../jobs/backfill-plan.ts';
import { withSession } from '../../jobs/session.ts';
import { MonitorError } from '../errors.ts';
import { planText } from './backfill-output.ts';
import {
  type CommonOptions,
  databaseAt,
  databaseCommand,
  dayOption,
  jobInputOf,
  type SetExitCode,
  today,
} from './environment.ts';
import { backfillWithModel } from './model-backfill.ts';
import { printResult } from './output.ts';
import { exitCodeOf, runDocument, runText } from './run-output.ts';

interface Options extends CommonOptions {
  from: string;
  to?: string;
  brand?: string;
  model?: string;
  reprocess: NonNullable<BackfillOptions['reprocess']>;
  dryRun?: true;
}

export function backfillCommand(setExitCode: SetExitCode): Command {
  return databaseCommand('backfill', 'score and aggregate past days; mails nobody', [
    'monitor backfill --from 2026-01-01 --dry-run      how much, how long, what would change',
    'monitor backfill --from 2026-01-01 --to 2026-03-31',
    'monitor backfill --from 2026-01-01 --brand acme-air --reprocess all',
    'monitor backfill --from 2026-01-01 --model ./my-model    beside the model in use, to compare or switch later',
  ])
    .requiredOption('--from <date>', 'first day')
    .option('--to <date>', 'last day, included (default: yesterday)')
    .option('--brand <id>', 'only this brand')
    .addOption(
      new Option(
        '--reprocess <what>',
        'missing: texts without a score; failed: rows that could not be used first, then these; all: every text again',
      )
        .choices(REPROCESS)
        .default('missing'),
    )
    .option(
      '--model <model>',
      'score and compute with this model, beside the one in use; nothing that is shown changes',
    )
    .option('--dry-run', 'only tell what would be done, how long it would take and what would change')
    .action(async (options: Options) => {
      const input = jobInputOf(options);
      const work = {
        from: dayOption(options.from),
        to: options.to === undefined ? today(input) - 1 : dayOption(options.to),
        brand: options.brand,
        reprocess: options.reprocess,
      };
      if (work.from > work.to)
        throw new MonitorError('E_USAGE', '--from is after --to.', { remedy: 'Give the earlier day as --from.' });
      const json = options.json === true;
      if (options.model !== undefined) return backfillWithModel(input, options.model, work, json);
      if (options.dryRun) {
        if (!(await databaseAt(input.config).exists())) {
          printResult(json, { database: null }, 'There is no database yet. `monitor ingest` reads the inbox into one.');
          return;
        }
        const plan = await withSession(input, 'monitor backfill --dry-run', (session) => planBackfill(session, work));
        printResult(json, plan, planText(plan));
        return;
      }
      await withSession(input, 'monitor backfill', async (session) => {
        const run = await backfill(session, work);
        const document = await runDocument(session, run, work.to);
        printResult(json, document, runText(document));
        setExitCode(exitCodeOf(run));
      });
    });
}
