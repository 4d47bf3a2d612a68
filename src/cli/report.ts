import { type Command, Option } from 'commander';
import { periodReport } from '../../jobs/period-report.ts';
import { recordRun } from '../../jobs/record.ts';
import { report } from '../../jobs/report.ts';
import { withSession } from '../../jobs/session.ts';
import { lastPeriod, PERIODS, type PeriodKind } from '../../reports/period-model.ts';
import { type CommonOptions, databaseCommand, jobInputOf, morningOption, type SetExitCode } from './environment.ts';
import { printResult } from './output.ts';
import { runDocument, runText } from './run-output.ts';

export function reportCommand(_setExitCode: SetExitCode): Command {
  return databaseCommand('report', 'only write the reports, from the figures in the database', [
    'monitor report',
    'monitor report --as-of 2026-03-31     the reports of that morning: days up to the 30th',
    'monitor report --period week          a summary of the last whole week, Monday to Sunday',
  ])
    .option('--as-of <date>', 'as on the morning of this day (default: today)')
    .addOption(new Option('--period <period>', 'a summary of the last whole one before that day').choices(PERIODS))
    .action(async (options: CommonOptions & { asOf?: string; period?: PeriodKind }) => {
      const input = jobInputOf(options);
      const asOf = morningOption(input, options.asOf);
      const { period } = options;
      if (period !== undefined) {
        await withSession(input, `monitor report --period ${period}`, async (session) => {
          const written = await periodReport(session, lastPeriod(period, asOf));
          printResult(
            options.json === true,
            written,
            [`report    ${written.page}`, ...written.csv.map((file) => `figures   ${file}`)].join('\n'),
          );
        });
        return;
      }
      await withSession(input, 'monitor report', async (session) => {
        const run = await recordRun(session, { kind: 'report', asOf }, async (stage) => {
          await stage('report', () => report(session, asOf - 1));
        });
        const document = await runDocument(session, run, asOf - 1);
        printResult(options.json === true, document, runText(document));
      });
    });
}
