import type { Command } from 'commander';
import { retention } from '../../jobs/retention.ts';
import { withSession } from '../../jobs/session.ts';
import { formatDay } from '../calendar.ts';
import { type CommonOptions, databaseCommand, jobInputOf, type SetExitCode } from './environment.ts';
import { printResult } from './output.ts';

export function retentionCommand(_setExitCode: SetExitCode): Command {
  return databaseCommand('retention', 'delete texts and rejected rows that are older than retention.days', [
    'monitor retention',
    'monitor retention --json',
  ]).action(async (options: CommonOptions) => {
    await withSession(jobInputOf(options), 'monitor retention', async (session) => {
      const { before, ...done } = await retention(session);
      const day = before === null ? null : formatDay(before);
      const text =
        day === null
          ? 'Nothing is deleted by age: there is no retention in the settings.'
          : `before ${day}: ${done.posts} posts emptied, ${done.texts} texts and the content of ${done.rejects} rejected rows deleted`;
      printResult(options.json === true, { before: day, ...done }, text);
    });
  });
}
