import { copyFileSync, cpSync, mkdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { Command } from 'commander';
import { nightly } from '../../jobs/nightly.ts';
import { withSession } from '../../jobs/session.ts';
import { loadConfig } from '../config/load.ts';
import { packageRoot } from '../package.ts';
import { fileError } from '../system-errors.ts';
import { dayOption, edge, type SetExitCode, withExamples } from './environment.ts';
import { printResult } from './output.ts';
import { runDocument, runText } from './run-output.ts';

/** The morning after the sample's last day. */
const SAMPLE_AS_OF = '2026-10-01';

export function demoCommand(_setExitCode: SetExitCode): Command {
  const command = new Command('demo')
    .description('do the nightly job on the sample that comes with the program: three invented brands, 30 days')
    .option('--dir <folder>', 'where it all goes', 'monitor-demo')
    .option('--json', 'print one JSON document instead of text')
    .action(async (options: { dir: string; json?: true }) => {
      const folder = resolve(options.dir);
      makeFolder(folder);
      cpSync(join(packageRoot, 'examples', 'inbox'), join(folder, 'inbox'), { recursive: true });
      copyFileSync(join(packageRoot, 'examples', 'monitor.yaml'), join(folder, 'monitor.yaml'));
      const input = { ...edge(), config: loadConfig(join(folder, 'monitor.yaml')) };
      await withSession(input, 'monitor demo', async (session) => {
        const asOf = dayOption(SAMPLE_AS_OF);
        // The sample's mails are always files, so no secrets are looked up.
        const run = await nightly(session, asOf, () => undefined);
        const document = await runDocument(session, run, asOf - 1);
        const outbox = join(input.config.data_dir, 'outbox');
        const next = `Look around:  monitor status --config ${relative('.', join(folder, 'monitor.yaml'))}`;
        printResult(
          options.json === true,
          { ...document, outbox },
          `${runText(document)}\nmails in  ${outbox}\n\n${next}`,
        );
      });
    });
  return withExamples(command, ['monitor demo', 'monitor demo --dir /tmp/try']);
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw fileError(cause, folder, "The folder can't be made", 'Name another one with --dir.');
  }
}
