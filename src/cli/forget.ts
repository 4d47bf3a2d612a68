import type { Command } from 'commander';
import { forget } from '../../jobs/forget.ts';
import { withSession } from '../../jobs/session.ts';
import { MonitorError } from '../errors.ts';
import { type CommonOptions, databaseCommand, jobInputOf, type SetExitCode } from './environment.ts';
import { printResult } from './output.ts';

export function forgetCommand(_setExitCode: SetExitCode): Command {
  return databaseCommand('forget', 'remove a person from posts, rejected rows, mails and reports, for good', [
    'monitor forget --user 12345',
    'monitor forget --user anna --json',
  ])
    .requiredOption('--user <id>', 'the user as the exports write it')
    .action(async (options: CommonOptions & { user: string }) => {
      const user = options.user.trim();
      // Rows without a user are nobody's: they must not be taken for those of somebody without a name.
      if (user === '')
        throw new MonitorError('E_USAGE', '--user names nobody.', { remedy: 'Give the user as the exports write it.' });
      await withSession(jobInputOf(options), 'monitor forget', async (session) => {
        const done = await forget(session, user);
        const text = `${done.posts} posts and ${done.texts} texts deleted, ${done.mails} mails, ${done.pages} pages of reports and ${done.rejects} rejected rows cleaned. The next run computes ${done.days} days again.`;
        printResult(options.json === true, done, text);
      });
    });
}
