import { scoresOfTexts } from '../../db/labels.ts';
import { type NewScore, saveScores } from '../../db/scores.ts';
import { textsByNumber } from '../../db/second-opinion.ts';
import type { Judgement } from '../aggregate/stage.ts';
import type { Context } from '../context.ts';
import { MonitorError, throwIfAborted } from '../errors.ts';
import type { Model } from '../model/artifact.ts';
import type { Pool } from '../model/pool.ts';
import { judge, type Probabilities } from '../model/probabilities.ts';

/** An accurate, slow model that reads some posts besides the one that reads all of them. */
export interface SecondReader {
  /** The model's name and the start of its hash. */
  readonly label: string;
  readonly modelId: number;
  readonly networkId: number;
  readonly spec: Model['spec'];
  readonly pool: Pick<Pool, 'score'>;
  /** Processes of the pool, each of which reads a part of the texts. */
  readonly workers: number;
}

/** Opens the model of that name; undefined, with the reason in the log, when it can't be used. */
export type OpenSecondReader = (use: string) => Promise<SecondReader | undefined>;

/** Texts that a process reads between two looks at the clock: about a second's work. */
const TEXTS_PER_PART = 64;

/** What the reader makes of each text. */
export interface Readings {
  readonly of: ReadonlyMap<number, Judgement>;
  /** Texts that had to be read now; the others had been read before. */
  readonly read: number;
  /** False when the time was up before all were read, or the model failed. */
  readonly complete: boolean;
  /** What the model failed of. */
  readonly failure: MonitorError | null;
}

/**
 * What the second reader makes of these texts. Its raw probabilities are kept like any network's, so that no text is ever read
 * twice. Stops at `untilMs` on the clock, and where the model fails. Errors: E_INTERRUPTED between steps.
 */
export async function readTexts(
  { store, clock, signal }: Pick<Context, 'store' | 'clock' | 'signal'>,
  reader: SecondReader,
  textIds: readonly number[],
  untilMs: number,
): Promise<Readings> {
  const { networkId, spec } = reader;
  const known = await scoresOfTexts(store.read, networkId, textIds);
  const missing = [...new Set(textIds)].filter((textId) => !known.has(textId));
  const perStep = TEXTS_PER_PART * reader.workers;
  let read = 0;
  const ended = (failure: MonitorError | null, complete: boolean): Readings => {
    const judged = [...known].map(([textId, raw]) => [textId, judge({ spec }, raw.pNegative, raw.pPositive)] as const);
    return { of: new Map(judged), read, complete, failure };
  };
  for (let start = 0; start < missing.length; start += perStep) {
    throwIfAborted(signal);
    if (clock() >= untilMs) return ended(null, false);
    // Texts that were deleted meanwhile are left out.
    const step = await textsByNumber(store.read, missing.slice(start, start + perStep));
    const rows = await readStep(reader, step, signal).catch(failureOf);
    if (rows instanceof MonitorError) return ended(rows, false);
    await store.transaction((tx) => saveScores(tx, networkId, rows));
    for (const row of rows) known.set(row.textId, row);
    read += rows.length;
  }
  return ended(null, true);
}

/** What a model failed of. An interruption is none of its failures. */
function failureOf(thrown: unknown): MonitorError {
  if (thrown instanceof MonitorError && thrown.code !== 'E_INTERRUPTED') return thrown;
  throw thrown;
}

type StoredText = Awaited<ReturnType<typeof textsByNumber>>[number];

async function readStep(
  { spec, pool }: SecondReader,
  texts: readonly StoredText[],
  signal: AbortSignal,
): Promise<NewScore[]> {
  const words = texts.map(({ body, original }) => (spec.tokenizer.reads === 'original' ? (original ?? body) : body));
  const parts: Promise<Probabilities>[] = [];
  for (let start = 0; start < words.length; start += TEXTS_PER_PART)
    parts.push(pool.score(words.slice(start, start + TEXTS_PER_PART), signal));
  const raw = (await Promise.all(parts)).flatMap((part) => [...part]);
  return texts.map(({ textId }, row) => ({
    ...{ textId, pNegative: raw[2 * row] ?? Number.NaN, pPositive: raw[2 * row + 1] ?? Number.NaN },
  }));
}
