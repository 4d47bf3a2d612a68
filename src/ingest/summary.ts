import { isWithheld } from '../../db/rejects.ts';

/** Every row that was read is one of the three. */
export interface RowCounts {
  rows: number;
  stored: number;
  duplicates: number;
  /** Those of the duplicates that corrected a post: another text, instant or user under the same id. */
  updated: number;
  /** Those of the stored that are in another language than `language`, and so belong to no brand. */
  otherLanguage: number;
  rejected: number;
}

export interface FileSummary extends RowCounts {
  name: string;
  source: string;
  /** `unchanged`: this content was dealt with before, and not read again. `waiting`: someone is still writing it. */
  state: 'read' | 'unchanged' | 'failed' | 'waiting';
  /** Why it failed. */
  reason?: string;
  /** What was found out about the file and is worth a word, such as an encoding other than UTF-8. */
  notes?: string[];
}

/** What a run of the ingest stage did. Counts are of this run; a file that was begun before counts what was left of it. */
export interface IngestSummary extends RowCounts {
  /** False when the inbox folder doesn't exist, which is no error: there are just no files. */
  inboxFound: boolean;
  /** Files found, whatever became of them. */
  files: number;
  unchanged: number;
  failed: number;
  /** Files that are still being written, left for the next run. */
  waiting: number;
  /** Whether posts stored before came to their brands by other settings; `monitor brands rematch` brings them over. */
  rulesChanged: boolean;
  rejectsByCode: Record<string, number>;
  perFile: FileSummary[];
}

export function emptySummary(inboxFound: boolean): IngestSummary {
  return {
    inboxFound,
    ...{ files: 0, unchanged: 0, failed: 0, waiting: 0, rulesChanged: false },
    ...{ rows: 0, stored: 0, duplicates: 0, updated: 0, otherLanguage: 0, rejected: 0 },
    rejectsByCode: {},
    perFile: [],
  };
}

/** Adds a file's outcome to the summary. */
export function addFile(summary: IngestSummary, file: FileSummary, rejectsByCode: Record<string, number>): void {
  summary.files += 1;
  if (file.state === 'unchanged') summary.unchanged += 1;
  if (file.state === 'failed') summary.failed += 1;
  if (file.state === 'waiting') summary.waiting += 1;
  summary.rows += file.rows;
  summary.stored += file.stored;
  summary.duplicates += file.duplicates;
  summary.updated += file.updated;
  summary.otherLanguage += file.otherLanguage;
  summary.rejected += file.rejected;
  for (const [code, count] of Object.entries(rejectsByCode))
    summary.rejectsByCode[code] = (summary.rejectsByCode[code] ?? 0) + count;
  summary.perFile.push(file);
}

/** Rejected rows without those that are in order and kept out on purpose. */
export function unusableRows({ rejected, rejectsByCode }: IngestSummary): number {
  const withheld = Object.entries(rejectsByCode).filter(([code]) => isWithheld(code));
  return withheld.reduce((rows, [, count]) => rows - count, rejected);
}
