import { scoresOfTexts } from '../../db/labels.ts';
import { saveScores } from '../../db/scores.ts';
import { textsByNumber } from '../../db/second-opinion.ts';
import type { Judgement } from '../aggregate/stage.ts';
import type { Context } from '../context.ts';
import { throwIfAborted } from '../errors.ts';
import type { Model } from '../model/artifact.ts';
import type { Pool } from '../model/pool.ts';
import { judge } from '../model/probabilities.ts';

/** An accurate, slow model that reads some posts besides the one that reads all of them. */
export interface SecondReader {
  /** The model's name and the start of its hash. */
  readonly label: string;
  readonly modelId: number;
  readonly networkId: number;
  readonly spec: Model['spec'];
  readonly pool: Pick<Pool, 'score'>;
}

/** Opens the model of that name; undefined, with the reason in the log, when it can't be used. */
export type OpenSecondReader = (use: string) => Promise<SecondReader | undefined>;

/** Texts that are read between two looks at the clock: a second or less for each process. */
const TEXTS_PER_STEP = 64;

/** What the reader makes of each text. */
export interface Readings {
  readonly of: ReadonlyMap<number, Judgement>;
  /** Texts that had to be read now; the others had been read before. */
  readonly read: number;
  /** False when the time was up before all were read. */
  readonly complete: boolean;
}

/**
 * What the second reader makes of these texts. Its raw probabilities are kept like any network's, so that no text is ever read
 * twice. Stops at `untilMs` on the clock. Errors: E_INTERRUPTED between steps, and the pool's.
 */
export async function readTexts(
  { store, clock, signal }: Pick<Context, 'store' | 'clock' | 'signal'>,
  reader: SecondReader,
  textIds: readonly number[],
  untilMs: number,
): Promise<Readings> {
  const { networkId, spec, pool } = reader;
  const known = await scoresOfTexts(store.read, networkId, textIds);
  const missing = [...new Set(textIds)].filter((textId) => !known.has(textId));
  let read = 0;
  for (let start = 0; start < missing.length; start += TEXTS_PER_STEP) {
    throwIfAborted(signal);
    if (clock() >= untilMs) break;
    const part = await textsByNumber(store.read, missing.slice(start, start + TEXTS_PER_STEP));
    const texts = part.map(({ body, original }) => (spec.tokenizer.reads === 'original' ? (original ?? body) : body));
    const raw = await pool.score(texts, signal);
    const rows = part.map(({ textId }, index) => ({
      ...{ textId, pNegative: raw[2 * index] ?? Number.NaN, pPositive: raw[2 * index + 1] ?? Number.NaN },
    }));
    await store.transaction((tx) => saveScores(tx, networkId, rows));
    for (const row of rows) known.set(row.textId, row);
    read += rows.length;
  }
  const of = new Map<number, Judgement>();
  for (const [textId, { pNegative, pPositive }] of known) of.set(textId, judge({ spec }, pNegative, pPositive));
  return { of, read, complete: read >= missing.length };
}
