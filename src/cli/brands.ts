import { Command } from 'commander';
import { brandTotals } from '../../db/brands.ts';
import type { Database } from '../../db/database.ts';
import { rematch } from '../../jobs/rematch.ts';
import { withSession } from '../../jobs/session.ts';
import { formatDay } from '../calendar.ts';
import { loadConfig } from '../config/load.ts';
import { type CommonOptions, databaseAt, databaseCommand, jobInputOf, type SetExitCode } from './environment.ts';
import { formatTable, printResult } from './output.ts';

/** The brands that posts are under. */
export function brandsCommand(_setExitCode: SetExitCode): Command {
  return new Command('brands')
    .description('the brands that posts are under: list them, match stored posts again')
    .addCommand(listCommand())
    .addCommand(rematchCommand());
}

function listCommand(): Command {
  return databaseCommand('list', 'show every brand, its posts, and whether the settings know it', [
    'monitor brands list',
    'monitor brands list --json',
  ]).action(async (options: CommonOptions) => {
    const config = loadConfig(options.config);
    const database = databaseAt(config);
    const found = (await database.exists()) ? await readTotals(database) : [];
    const lines = found.map(({ slug, name, posts, from, to }) => ({
      ...{ brand: slug, name, posts, configured: config.brands[slug] !== undefined },
      ...{ from: from === null ? null : formatDay(from), to: to === null ? null : formatDay(to) },
    }));
    const table = formatTable(
      ['brand', 'name', 'posts', 'from', 'to', 'in the settings'],
      lines.map((line) => [
        ...[line.brand, line.name, String(line.posts), line.from ?? '–', line.to ?? '–'],
        line.configured ? 'yes' : 'no, from a brand column',
      ]),
    );
    printResult(options.json === true, lines, lines.length === 0 ? 'No brands yet.' : table);
  });
}

async function readTotals(database: Database): Promise<Awaited<ReturnType<typeof brandTotals>>> {
  const store = await database.open();
  try {
    return await brandTotals(store.read);
  } finally {
    await store.close();
  }
}

function rematchCommand(): Command {
  return databaseCommand('rematch', 'put stored posts under the brands that the rules of today give them', [
    'monitor brands rematch --dry-run',
    'monitor brands rematch',
  ])
    .option('--dry-run', 'only show how many posts each brand would gain and lose')
    .action(async (options: CommonOptions & { dryRun?: true }) => {
      const dryRun = options.dryRun === true;
      await withSession(jobInputOf(options), 'monitor brands rematch', async (session) => {
        const done = await rematch(session, { dryRun });
        const changes = Object.entries(done.brands).sort(([a], [b]) => (a < b ? -1 : 1));
        const lines = [`${done.changed} of ${done.posts} posts ${dryRun ? 'would change' : 'changed'} their brands`];
        if (changes.length > 0)
          lines.push(
            formatTable(
              ['brand', 'gained', 'lost'],
              changes.map(([slug, { gained, lost }]) => [slug, String(gained), String(lost)]),
            ),
          );
        if (done.otherLanguage > 0) lines.push(`${done.otherLanguage} are in another language and belong to no brand`);
        if (!dryRun && done.changed > 0) lines.push('The next run computes the days that changed again.');
        printResult(options.json === true, { dry_run: dryRun, ...done }, lines.join('\n'));
      });
    });
}
