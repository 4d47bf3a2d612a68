import { recordRun } from '../../jobs/record.ts';
import { aggregateSeries, scoreSeries } from '../../jobs/series.ts';
import { decide } from '../../src/alerts/stage.ts';
import { formatDay, parseDay } from '../../src/calendar.ts';
import { ingest } from '../../src/ingest/stage.ts';
import type { JobFolder } from '../support/job.ts';

export const DAYS = 12;
export const FIRST = parseDay('2026-03-01') ?? 0;
export const NEWEST = FIRST + DAYS - 1;

const WORDS = 'good great love best bad worst late broken why not no you the and'.split(' ');

/** An export of so many posts on each of the days, in words of which the tiny model knows some. */
export function postsOf(days: readonly number[], each: number, tag = ''): string {
  const rows = days.flatMap((day) =>
    Array.from({ length: each }, (_, n) => {
      const words = [n, n * day, n * n + day, day].map((pick) => WORDS[pick % WORDS.length]);
      return `${day}-${n}${tag},${formatDay(day)}T12:00:00Z,my ${n % 3 === 0 ? 'coffee' : 'phone'} ${words.join(' ')} ${day}x${n}${tag},u${n % 5}`;
    }),
  );
  return `id,created_at,text,user_id\n${rows.join('\n')}\n`;
}

/** A night without mails and reports, whose pictures take longest. */
export const night = (job: JobFolder, newestDay = NEWEST) =>
  job.session((session) =>
    recordRun(session, { kind: 'nightly', asOf: newestDay + 1 }, async (stage, runId) => {
      await stage('ingest', () => ingest(session));
      await stage('score', () => scoreSeries(session));
      await stage('aggregate', () => aggregateSeries(session));
      await stage('decide', () => decide(session, { runId, newestDay }));
    }),
  );
