import { databaseOf } from '../db/database.ts';
import { deadDeliveries, outboxState } from '../db/deliveries.ts';
import { dirtyDays } from '../db/dirty-days.ts';
import { type Freshness, freshness, inputTotals } from '../db/files.ts';
import { otherLanguages } from '../db/languages.ts';
import { activeModel, type KnownModel } from '../db/networks.ts';
import type { Secrets } from '../db/postgres.ts';
import { rejectsByCode } from '../db/rejects.ts';
import { newestNight, type RunRow, recentRuns } from '../db/runs.ts';
import { lastSeriesDay } from '../db/series.ts';
import type { Reader, Store } from '../db/store.ts';
import { countTextsWithoutScore } from '../db/texts.ts';
import { parseMail } from '../src/alerts/mail.ts';
import type { Config } from '../src/config/schema.ts';
import { listInbox } from '../src/ingest/inbox.ts';
import type { BadSource } from '../src/ingest/judge.ts';
import type { IngestSummary } from '../src/ingest/stage.ts';

/** What waits for the next run. */
interface Due {
  /** Files of the inbox that the newest reading did not meet, or that changed since. */
  files: number;
  /** Brand-days to be computed. */
  days: number;
}

/** What is quickly told of the data, however much there is. */
export interface DataStatus {
  input: Awaited<ReturnType<typeof inputTotals>>;
  rejects: Record<string, number>;
  /** Posts in languages that no brand counts, by code. */
  otherLanguage: Record<string, number>;
  /** Sources of the newest run that looked at rejects, and found too many. */
  badSources: BadSource[];
  sources: Freshness[];
  due: Due;
  outbox: Awaited<ReturnType<typeof outboxState>>;
}

export interface Status extends DataStatus {
  /** Who is at work on the database, or null. */
  lockedBy: string | null;
  bytes: number;
  model: KnownModel | null;
  /** The newest day with figures. */
  newestDay: number | null;
  /** With the texts that have no score, for which all have to be gone through. */
  due: Due & { texts: number };
  /** Messages that were given up. */
  dead: DeadLetter[];
  runs: RunRow[];
  /** When the newest night that came to its end did so. */
  newestNightMs: number | null;
}

export interface DeadLetter {
  message: number;
  channel: string;
  subject: string;
  attempts: number;
  error: string | null;
}

const RUNS = 5;
/** Runs looked through for the newest one that read the inbox. */
const RUNS_BACK = 100;

/**
 * How things stand, read only: a run may be at work meanwhile. `more` reads on with the same connection. Undefined when there is
 * no database yet. Errors: those of opening a database to read it.
 */
export async function readStatus<T>(
  config: Config,
  more: (store: Store, status: Status) => Promise<T>,
  secrets?: Secrets,
): Promise<{ status: Status; more: T } | undefined> {
  const database = databaseOf(config, secrets);
  // Asked before reading: a run that ends in between has written so.
  const lockedBy = (await database.lockHolder()) ?? null;
  const store = await database.openReadOnly();
  if (!store) return undefined;
  try {
    const { read } = store;
    const model = (await activeModel(read)) ?? null;
    const data = await dataStatus(read, config);
    const status: Status = {
      ...{ lockedBy, bytes: await database.bytes(), model },
      newestDay: await lastSeriesDay(read),
      ...data,
      due: { ...data.due, texts: await textsDue(read, model?.networkId) },
      dead: await deadLetters(read),
      runs: await recentRuns(read, RUNS),
      newestNightMs: (await newestNight(read))?.finished_ms ?? null,
    };
    return { status, more: await more(store, status) };
  } finally {
    await store.close();
  }
}

/** How the data stands. */
export async function dataStatus(reader: Reader, config: Config): Promise<DataStatus> {
  const summaries = (await recentRuns(reader, RUNS_BACK)).map(summaryOf);
  return {
    input: await inputTotals(reader),
    rejects: await rejectsByCode(reader),
    otherLanguage: await otherLanguages(reader),
    badSources: summaries.find(({ rejects }) => rejects !== undefined)?.rejects?.sources ?? [],
    sources: await freshness(reader),
    due: { files: await unreadFiles(config, summaries), days: (await dirtyDays(reader)).length },
    outbox: await outboxState(reader),
  };
}

async function deadLetters(reader: Reader): Promise<DeadLetter[]> {
  return (await deadDeliveries(reader)).map(({ message_id, channel, attempts, last_error, rendered }) => ({
    ...{ message: message_id, channel, subject: parseMail(rendered).subject, attempts, error: last_error },
  }));
}

interface Summary {
  startedMs: number;
  rejects?: { sources: BadSource[] };
  ingest?: IngestSummary;
}

function summaryOf(run: RunRow): Summary {
  return { ...(JSON.parse(run.summary) as Omit<Summary, 'startedMs'>), startedMs: run.started_ms };
}

/** Told by names and times: to know it for sure, every file would have to be read. */
async function unreadFiles(config: Config, summaries: readonly Summary[]): Promise<number> {
  const files = (await listInbox(config.inbox)) ?? [];
  const newest = summaries.find(({ ingest }) => ingest !== undefined);
  if (!newest) return files.length;
  const met = new Set(newest.ingest?.perFile.filter(({ state }) => state !== 'waiting').map(({ name }) => name));
  return files.filter(({ name, changedMs }) => !met.has(name) || changedMs > newest.startedMs).length;
}

/** Before the first run there is no model, and nothing is scored. */
function textsDue(reader: Reader, networkId: number | undefined): Promise<number> {
  return networkId === undefined ? Promise.resolve(0) : countTextsWithoutScore(reader, networkId);
}
