import type { Command } from 'commander';
import { newestNight } from '../../db/runs.ts';
import { deliverDue } from '../../jobs/deliver.ts';
import { nightly } from '../../jobs/nightly.ts';
import { pingAfter } from '../../jobs/ping.ts';
import { schedule } from '../../jobs/schedule.ts';
import { type JobInput, withSession } from '../../jobs/session.ts';
import type { Config } from '../config/schema.ts';
import { MonitorError, messageOf } from '../errors.ts';
import {
  type CommonOptions,
  databaseAt,
  databaseCommand,
  jobInputOf,
  type SetExitCode,
  secrets,
  today,
} from './environment.ts';

export function scheduleCommand(_setExitCode: SetExitCode): Command {
  return databaseCommand('schedule', 'stay and do the nightly job at the time of `schedule` in the settings', [
    'monitor schedule',
    'monitor schedule --config /etc/monitor.yaml',
  ]).action(async (options: CommonOptions) => {
    const input = jobInputOf(options, secrets);
    const { config, log, signal, clock } = input;
    const lastNightMs = await lastNight(config);
    log.info({ schedule: config.schedule, time_zone: config.time_zone }, 'waiting for the next night; Ctrl-C ends it');
    const night = async () => {
      // A night that fails is logged and recorded; the next one is tried all the same.
      try {
        const run = await pingAfter(input, () =>
          withSession(input, 'monitor schedule', (session) =>
            nightly(session, today(input), secrets, { fromClock: true }),
          ),
        );
        log.info({ run: run.runId, outcome: run.outcome, page: run.report?.page }, 'night done');
      } catch (thrown) {
        const code = thrown instanceof MonitorError ? thrown.code : 'defect';
        log.error({ code }, messageOf(thrown));
      }
    };
    await schedule(config, { clock, signal, lastNightMs }, night, () => sendWaiting(input));
  });
}

/** Mails whose hour has come, or whose next attempt is due. What goes wrong waits for the next minute. */
async function sendWaiting(input: JobInput): Promise<void> {
  try {
    await deliverDue(input, secrets);
  } catch (thrown) {
    if (input.signal.aborted) return;
    const code = thrown instanceof MonitorError ? thrown.code : 'defect';
    input.log.error({ code }, messageOf(thrown));
  }
}

async function lastNight(config: Config): Promise<number | undefined> {
  const database = databaseAt(config);
  if (!(await database.exists())) return undefined;
  const store = await database.open();
  const night = await newestNight(store.read).finally(() => store.close());
  return night?.started_ms;
}
