import { statSync } from 'node:fs';
import { z } from 'zod';
import { isTimeZone } from '../src/calendar.ts';
import { MonitorError } from '../src/errors.ts';
import { brandNamed, type FoundBrand, unique } from '../src/ingest/found-brands.ts';

// What `monitor init` asks, read from what people write. Each throws E_USAGE for an answer that can't be used.

function wrong(message: string, remedy: string): MonitorError {
  return new MonitorError('E_USAGE', message, { remedy });
}

export function fileRead(answer: string): string | null {
  if (answer === '') return null;
  if (statSync(answer, { throwIfNoEntry: false })?.isFile()) return answer;
  throw wrong(`There is no file "${answer}".`, 'Give the path of a CSV or JSON Lines file, as your tool exports it.');
}

export function orderRead(answer: string): 'dmy' | 'mdy' {
  if (answer === 'dmy' || answer === 'mdy') return answer;
  throw wrong(
    'The dates of the export can be read in two ways.',
    'Say what 3/4/2026 means: --date-order dmy for 3 April, --date-order mdy for March 4.',
  );
}

export function brandsRead(answer: string): FoundBrand[] {
  const names = answer.split(',').map((name) => name.trim().replace(/^[@#]/, ''));
  return unique(names.filter((name) => /[\p{L}\p{N}]/u.test(name)).map(brandNamed));
}

export function zoneRead(answer: string): string {
  if (isTimeZone(answer)) return answer;
  throw wrong(`"${answer}" is not a time zone.`, 'Write it as Europe/Berlin, America/New_York or UTC.');
}

export function mailRead(answer: string): string | null {
  if (answer === '') return null;
  if (z.email().safeParse(answer).success) return answer;
  throw wrong(`"${answer}" is not a mail address.`, 'Write it as care@acme.example.');
}
