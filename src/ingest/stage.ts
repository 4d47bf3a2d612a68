import { setTimeout as wait } from 'node:timers/promises';
import { saveSetting, setting } from '../../db/settings.ts';
import type { Context } from '../context.ts';
import { messageOf, throwIfAborted } from '../errors.ts';
import { openPeople } from '../privacy/people.ts';
import { attributionHash, openAttribution } from './attribution.ts';
import type { BrandNumbers } from './batch.ts';
import { type BesideIngest, ingestFile, waitingFile } from './file.ts';
import { describeFiles, type InboxFile, isUnchanged, isYoung, listInbox } from './inbox.ts';
import { putAway } from './processed.ts';
import { addFile, emptySummary, type IngestSummary } from './summary.ts';

export { type IngestSummary, unusableRows } from './summary.ts';

/** How long a file that was just written is watched before it is taken for whole. */
const WATCH_MS = 1000;

/**
 * Reads every file of the inbox (or the files named) that was not read before, and stores its posts and rejects.
 * Commits batches of rows; a file that was left in the middle is taken up where it stopped, with the same batches, so that the
 * database ends as if nothing had happened. A file that can't be used fails alone, and the others are read.
 * Errors: E_INTERRUPTED between batches, E_PERMISSION or E_FILE when the inbox can't be listed, and whatever the store throws.
 */
export async function ingest(
  context: Context,
  options: { files?: readonly string[]; pause?: (ms: number) => Promise<unknown>; beside?: BesideIngest } = {},
): Promise<IngestSummary> {
  const { config, log, progress } = context;
  const found = options.files ? await describeFiles(config.inbox, options.files) : await listInbox(config.inbox);
  const files = found ?? [];
  const summary = emptySummary(found !== undefined);
  if (found === undefined) log.warn({ inbox: config.inbox }, 'there is no inbox folder, so there are no files to read');
  const writing = await stillWritten(context, files, options.pause ?? wait);
  const attribution = await openAttribution(config);
  const people = await openPeople(context);
  summary.rulesChanged = await noteRules(context);
  const brandNumbers: BrandNumbers = new Map();
  progress.start(
    'ingest',
    files.reduce((bytes, { size }) => bytes + size, 0),
  );
  try {
    for (const file of files) {
      throwIfAborted(context.signal);
      const { outcome, rejectsByCode, sha256 } = writing.has(file)
        ? waitingFile(file)
        : await ingestFile(context, file, attribution, brandNumbers, people, options.beside);
      addFile(summary, outcome, rejectsByCode);
      // Not the reason: where the header is missing, it quotes the first row, which may be anyone's words.
      if (outcome.state === 'failed') log.warn({ file: outcome.name }, 'a file could not be used');
      else if (outcome.state === 'waiting')
        log.info({ file: outcome.name }, 'a file is still being written; the next run reads it');
      if (outcome.notes) log.info({ file: outcome.name, notes: outcome.notes }, 'what was found out about a file');
      if (sha256 !== undefined)
        try {
          await putAway(file, sha256, config);
        } catch (thrown) {
          log.warn({ file: outcome.name, reason: messageOf(thrown) }, 'a file that was read could not be put away');
        }
    }
  } finally {
    progress.finish();
  }
  return summary;
}

/** Files that grow or change while one looks at them. Only those that are young are looked at, and all of them at once. */
async function stillWritten(
  { clock }: Context,
  files: readonly InboxFile[],
  pause: (ms: number) => Promise<unknown>,
): Promise<Set<InboxFile>> {
  const nowMs = clock();
  const young = files.filter((file) => isYoung(file, nowMs));
  if (young.length > 0) await pause(WATCH_MS);
  const writing = new Set<InboxFile>();
  for (const file of young) if (!(await isUnchanged(file))) writing.add(file);
  return writing;
}

/** Remembers the settings by which stored posts came to their brands, and says so when they are others now. */
async function noteRules({ store, config, log }: Context): Promise<boolean> {
  const rules = attributionHash(config);
  const known = await setting(store.read, 'brand_rules');
  if (known === undefined) await store.transaction((tx) => saveSetting(tx, 'brand_rules', rules));
  if (known === undefined || known === rules) return false;
  log.warn(
    'the brand rules or the language changed; posts stored before keep their brands until `monitor brands rematch`',
  );
  return true;
}
