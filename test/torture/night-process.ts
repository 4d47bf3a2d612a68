/**
 * Does one job in a process of its own, when it is told which: the imports, which take longer than the job, are behind it by then.
 * It imports the jobs directly, because the command line takes longer to start.
 */
import { pino } from 'pino';
import { backfill } from '../../jobs/backfill.ts';
import { nightly } from '../../jobs/nightly.ts';
import { withSession } from '../../jobs/session.ts';
import { loadConfig } from '../../src/config/load.ts';
import { silentProgress } from '../support/silent.ts';
import type { Job } from './world.ts';

async function night({ configFile, job }: { configFile: string; job: Job }): Promise<void> {
  await withSession(
    {
      config: loadConfig(configFile),
      // Stands still, so that what is undisturbed and what is killed can be compared to the byte.
      clock: () => job.nowMs,
      signal: new AbortController().signal,
      progress: silentProgress,
      log: pino({ level: 'error' }, pino.destination({ fd: 2, sync: true })),
    },
    'torture',
    (session) =>
      job.kind === 'nightly'
        ? nightly(session, job.asOf, () => undefined)
        : backfill(session, { from: job.from, to: job.to }),
  );
}

process.once('message', (order: { configFile: string; job: Job }) => {
  void night(order).finally(() => process.disconnect());
});
process.send?.('ready');
