import {
  daysOfBrand,
  postsOfDay,
  postsOfSample,
  type Sample,
  type SampledPost,
  sampleOfCode,
  saveLabels,
  saveSample,
} from '../db/labels.ts';
import type { Store, Tx } from '../db/store.ts';
import { csvOf } from '../reports/daily-csv.ts';
import { createDraw } from '../src/audit/draw.ts';
import { keyOf, readSheet, SHEET_COLUMNS, type SheetRow } from '../src/audit/sheet.ts';
import type { Day } from '../src/calendar.ts';
import { MonitorError, throwIfAborted } from '../src/errors.ts';
import { sha256 } from '../src/model/canonical-json.ts';
import type { Sentiment } from '../src/sentiment.ts';
import { knownBrandId } from './known-brand.ts';

export interface DrawRequest {
  readonly brand: string;
  readonly size: number;
  readonly seed: number;
  readonly from?: Day | undefined;
  readonly to?: Day | undefined;
}

/** What to look at and when. */
interface At {
  readonly nowMs: number;
  readonly signal: AbortSignal;
}

/**
 * Draws a random sample of a brand's posts that have a text, each as likely as any other, and keeps it. The same request to an
 * unchanged database gives the same sample. Errors: E_USAGE without such a brand or posts, E_INTERRUPTED between days.
 */
export async function drawSample(
  store: Store,
  request: DrawRequest,
  { nowMs, signal }: At,
): Promise<{ sample: Sample; posts: SampledPost[] }> {
  // A large brand takes long to go through: reading keeps nobody from writing.
  const { postIds, ...drawn } = await store.snapshot(async (reader) => {
    const brandId = await knownBrandId(reader, request.brand);
    const days = await daysOfBrand(reader, brandId, request);
    const draw = createDraw(request.size, request.seed);
    for (let day = days?.from ?? 0; days !== undefined && day <= days.to; day += 1) {
      throwIfAborted(signal);
      for (const postId of await postsOfDay(reader, brandId, day)) draw.add(postId);
    }
    const ended = draw.end();
    if (days === undefined || ended.postIds.length === 0)
      throw new MonitorError('E_USAGE', `There are no posts of "${request.brand}" on these days.`, {
        remedy: '`monitor brands list` shows the days that a brand has posts on.',
      });
    return { brandId, ...days, seed: request.seed, population: ended.population, postIds: ended.postIds };
  });
  return store.transaction(async (tx) => {
    const code = sha256(JSON.stringify([request.brand, drawn, postIds])).slice(0, 10);
    const sample = await saveSample(tx, { ...drawn, code, size: postIds.length, drawnMs: nowMs }, postIds);
    return { sample, posts: await postsOfSample(tx, sample.sampleId) };
  });
}

/** The file to be labelled, in the order in which the posts were drawn; labels that they have already are in it. */
export function sheetOf(sample: Sample, posts: readonly SampledPost[]): string {
  return csvOf(
    SHEET_COLUMNS,
    posts.map(({ place, atMs, body, label }) => [
      ...[keyOf(sample.code, place), new Date(atMs).toISOString(), body, label ?? ''],
    ]),
  );
}

/** What became of the rows of a labelled file. */
export interface ImportSummary {
  readonly added: number;
  /** Labels that were another one before. */
  readonly changed: number;
  readonly same: number;
  /** Rows without a label. */
  readonly blank: number;
  /** Rows whose post was deleted or now says something else. */
  readonly gone: number;
  readonly rejected: readonly { readonly line: number; readonly reason: string }[];
}

/**
 * Stores the labels of a file that `drawSample` began; done again it changes nothing. A row without a label leaves the one that
 * there is. Rows that can't be used are told and the others kept. Errors: E_INPUT for a file that is not of a sample, or of
 * another database.
 */
export async function importLabels(
  store: Store,
  { content, file }: { content: string; file: string },
  { nowMs, signal }: At,
): Promise<ImportSummary> {
  const sheet = readSheet(content, file);
  return store.transaction(async (tx) => {
    throwIfAborted(signal);
    const rejected = [...sheet.rejected];
    const summary = { added: 0, changed: 0, same: 0, blank: 0, gone: 0 };
    const posts = await postsOfCodes(tx, sheet.rows, file);
    const written = new Map<number, { label: Sentiment; line: number }>();
    const labels: { postId: number; label: Sentiment }[] = [];
    for (const { code, place, label, line } of sheet.rows) {
      const sample = posts.get(code);
      const post = sample?.posts.get(place);
      const before = post && written.get(post.postId);
      if (sample === undefined || place > sample.size)
        rejected.push({ line, reason: `"${keyOf(code, place)}" is no key of a sample of this database` });
      else if (label === null) summary.blank += 1;
      else if (post === undefined) summary.gone += 1;
      else if (before !== undefined) {
        if (before.label !== label)
          rejected.push({ line, reason: `line ${before.line} says ${before.label} of the same post` });
      } else {
        written.set(post.postId, { label, line });
        if (post.label === label) summary.same += 1;
        else {
          labels.push({ postId: post.postId, label });
          summary[post.label === null ? 'added' : 'changed'] += 1;
        }
      }
    }
    await saveLabels(tx, labels, nowMs);
    return { ...summary, rejected: rejected.sort((a, b) => a.line - b.line) };
  });
}

async function postsOfCodes(tx: Tx, rows: readonly SheetRow[], file: string) {
  const found = new Map<string, { size: number; posts: Map<number, SampledPost> }>();
  for (const code of new Set(rows.map((row) => row.code))) {
    const sample = await sampleOfCode(tx, code);
    if (sample === undefined) continue;
    const posts = await postsOfSample(tx, sample.sampleId);
    found.set(code, { size: sample.size, posts: new Map(posts.map((post) => [post.place, post])) });
  }
  if (found.size === 0)
    throw new MonitorError('E_INPUT', 'The file is of a sample that this database does not know.', {
      place: { file },
      remedy: 'Import it with the settings (--config) of the database that the sample was drawn from.',
    });
  return found;
}
