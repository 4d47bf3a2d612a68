import type Sqlite from 'better-sqlite3';
import { prepared } from './prepared.ts';

/** So many new texts are held in memory, at some 70 bytes each, before their hashes are merged into the table. */
const TEXTS_TO_MERGE = 524_288;
/** The setting with the number of the newest text whose hash is merged. */
export const MERGED_SETTING = 'text_hashes_to';

/** Finds the texts of an SQLite database by their hash, within one transaction. */
export interface TextIds {
  /** The number of the text that has this hash. */
  find(hash16: Uint8Array): number | undefined;
  /** Is to be told of each text that is stored. */
  add(hash16: Uint8Array, textId: number): void;
}

/** The texts whose hashes are not merged yet, with the state of the database that this is true for. */
interface NewTexts {
  readonly ids: Map<string, number>;
  readonly dataVersion: number;
  newest: number;
}

const newTexts = new WeakMap<Sqlite.Database, NewTexts>();

/**
 * Hashes come in at random. In an index nearly each of them would change a page of its own, and the last million posts of a large
 * database would take far longer than its first. So `text_hashes` gets them in order, many at once, and those of the newest
 * texts are held in memory meanwhile: a log-structured merge tree (O'Neil, Cheng, Gawlick and O'Neil 1996) whose log is `texts`.
 */
export function textIds(sqlite: Sqlite.Database): TextIds {
  const known = newTextsOf(sqlite);
  const findMerged = prepared(sqlite, 'select text_id from text_hashes where hash16 = ?').pluck();
  const isThere = prepared(sqlite, 'select 1 from texts where text_id = ? and hash16 = ?').pluck();
  const addMerged = prepared(sqlite, 'insert into text_hashes values (?, ?)');
  const merged = mergedTextId(sqlite);
  return {
    find: (hash16) => {
      const textId = known.ids.get(keyOf(hash16));
      // It may have been deleted since, and its number given to another text.
      if (textId !== undefined && isThere.get(textId, hash16) !== undefined) return textId;
      return findMerged.get(hash16) as number | undefined;
    },
    add: (hash16, textId) => {
      // The number of a deleted text is given again: that of the newest, which may have been merged.
      if (textId <= merged) addMerged.run(hash16, textId);
      else known.ids.set(keyOf(hash16), textId);
      known.newest = Math.max(known.newest, textId);
    },
  };
}

/**
 * Merges the hashes once there are enough. When that is follows from the texts' numbers alone, so a run that was killed merges as
 * one that was not.
 */
export function mergeTextHashes(sqlite: Sqlite.Database, atLeast = TEXTS_TO_MERGE): void {
  const newest = newestTextId(sqlite);
  const merged = mergedTextId(sqlite);
  if (newest - merged < atLeast) return;
  prepared(
    sqlite,
    `insert into text_hashes select hash16, text_id from texts where text_id > ? order by hash16
     on conflict (hash16) do nothing`,
  ).run(merged);
  prepared(sqlite, 'insert into settings values (?, ?) on conflict (key) do update set value = excluded.value').run(
    MERGED_SETTING,
    String(newest),
  );
  newTexts.get(sqlite)?.ids.clear();
}

/** Forgets what is held in memory, as must be done when a transaction failed. */
export function forgetTextIds(sqlite: Sqlite.Database): void {
  newTexts.delete(sqlite);
}

function newTextsOf(sqlite: Sqlite.Database): NewTexts {
  const dataVersion = sqlite.pragma('data_version', { simple: true }) as number;
  const newest = newestTextId(sqlite);
  const known = newTexts.get(sqlite);
  if (known?.dataVersion === dataVersion && newest <= known.newest) return known;
  const ids = new Map<string, number>();
  const rows = prepared(sqlite, 'select hash16, text_id from texts where text_id > ?').raw();
  for (const [hash16, textId] of rows.iterate(mergedTextId(sqlite)) as Iterable<[Buffer, number]>)
    ids.set(keyOf(hash16), textId);
  const read = { ids, dataVersion, newest };
  newTexts.set(sqlite, read);
  return read;
}

function newestTextId(sqlite: Sqlite.Database): number {
  return (prepared(sqlite, 'select max(text_id) from texts').pluck().get() as number | null) ?? 0;
}

function mergedTextId(sqlite: Sqlite.Database): number {
  return Number(prepared(sqlite, 'select value from settings where key = ?').pluck().get(MERGED_SETTING) ?? '0');
}

/** The bytes as a string of as many characters, which takes the least time and memory as a key. */
function keyOf(hash16: Uint8Array): string {
  return Buffer.prototype.latin1Slice.call(hash16);
}
