import { schedule as cronSchedule } from 'node-cron';
import type { Config } from '../src/config/schema.ts';

/**
 * Calls `night` at each tick of the configured cron line, in the configured zone, until the signal stops it. A night still
 * at work when the next tick comes is not started twice. A missed tick loses no day: a night takes up every day that the
 * database lacks.
 */
export function schedule(config: Config, signal: AbortSignal, night: () => Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const task = cronSchedule(config.schedule, night, { timezone: config.time_zone, noOverlap: true });
    signal.addEventListener(
      'abort',
      () => {
        void task.destroy();
        resolve();
      },
      { once: true },
    );
  });
}
