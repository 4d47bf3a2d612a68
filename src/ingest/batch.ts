import { ensureBrand } from '../../db/brands.ts';
import { advanceFile } from '../../db/files.ts';
import { type StoredPosts, storePosts } from '../../db/posts.ts';
import { addRejects, type NewReject } from '../../db/rejects.ts';
import type { Store, Tx } from '../../db/store.ts';
import type { People } from '../privacy/people.ts';
import type { BrandRef } from './brands.ts';
import type { RawRow, RowProblem } from './reader.ts';
import type { ReadPost } from './rows.ts';
import type { RowCounts } from './summary.ts';

/** Rows of one transaction: some 200 ms. In smaller ones the same pages of the indexes are written more often. */
export const BATCH_ROWS = 8000;

/** Rows that were read and not yet stored. */
export interface Batch {
  rows: number;
  posts: ReadPost[];
  /** Where each of the posts is in the file. */
  places: { row: number; line: number }[];
  rejects: NewReject[];
}

export function emptyBatch(): Batch {
  return { rows: 0, posts: [], places: [], rejects: [] };
}

export function addToBatch(batch: Batch, row: RawRow, outcome: ReadPost | RowProblem, people: People): void {
  batch.rows += 1;
  if (!('code' in outcome)) {
    batch.posts.push(outcome);
    batch.places.push({ row: row.row, line: row.line });
    return;
  }
  const raw = outcome.code === 'R_FORGOTTEN' ? undefined : people.raw(row.raw);
  // A reason quotes the cell that is wrong, which in a shifted row may be the user's.
  const reason = raw === undefined ? outcome.reason.replace(/: ".*/s, '') : outcome.reason;
  batch.rejects.push({ row: row.row, line: row.line, code: outcome.code, reason, raw: Buffer.from(raw ?? '') });
}

/** Numbers of brands, and the names they were last stored with. Only what was committed is remembered. */
export type BrandNumbers = Map<string, { brandId: number; name: string }>;

const SEALED = { code: 'R_SEALED', reason: 'the post is of a day whose texts were deleted by age (retention)' };
const NO_BYTES = new Uint8Array();

/** Stores a batch and moves the file's counters, all or nothing. Returns all rejects, with the posts that came too late. */
export async function storeBatch(
  store: Store,
  file: { fileId: number; sourceId: number },
  batch: Batch,
  known: BrandNumbers,
): Promise<{ counts: RowCounts; rejects: readonly NewReject[] }> {
  const { counts, added, rejects } = await store.transaction(async (tx) => {
    const { sealed, added, ...kept } = await placePosts(tx, file.sourceId, batch.posts, known);
    const tooOld = sealed.flatMap((index) => batch.places[index] ?? []);
    const rejects = [...batch.rejects, ...tooOld.map((place) => ({ ...place, ...SEALED, raw: NO_BYTES }))];
    await addRejects(tx, file.fileId, rejects);
    const counts = { rows: batch.rows, ...kept, rejected: rejects.length };
    await advanceFile(tx, file.fileId, counts);
    return { counts, added, rejects };
  });
  for (const [slug, brand] of added) known.set(slug, brand);
  return { counts, rejects };
}

/** Stores posts under their brands. Returns what became of them, and the brands that were made or renamed for it. */
export async function placePosts(
  tx: Tx,
  sourceId: number,
  read: readonly ReadPost[],
  known: BrandNumbers,
): Promise<StoredPosts & { added: BrandNumbers }> {
  const added = await numberBrands(tx, read, known);
  const brandIdOf = ({ slug }: BrandRef): number => (added.get(slug) ?? known.get(slug))?.brandId ?? 0;
  // Named one by one: spreading them takes ten times as long.
  const posts = read.map((post) => ({
    key: post.key,
    atMs: post.atMs,
    day: post.day,
    userId: post.userId,
    extra: post.extra,
    body: post.body,
    original: post.original,
    hash16: post.hash16,
    copy16: post.copy16,
    brand: post.brand,
    otherLanguage: post.otherLanguage,
    brandIds: post.brands.map(brandIdOf),
  }));
  return { ...(await storePosts(tx, sourceId, posts)), added };
}

/**
 * Makes the brands that are new, and renames those that the batch writes otherwise: a brand is called what its last row
 * called it, whether or not the run was interrupted.
 */
export async function numberBrands(
  tx: Tx,
  posts: readonly { brands: readonly BrandRef[] }[],
  known: BrandNumbers,
): Promise<BrandNumbers> {
  const named = new Map<string, string>();
  for (const { brands } of posts) for (const { slug, name } of brands) named.set(slug, name);
  const added: BrandNumbers = new Map();
  for (const [slug, name] of named)
    if (known.get(slug)?.name !== name) added.set(slug, { brandId: await ensureBrand(tx, slug, name), name });
  return added;
}
