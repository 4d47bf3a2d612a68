import { listBrands } from '../db/brands.ts';
import { markDirty } from '../db/dirty-days.ts';
import { setBrands } from '../db/post-changes.ts';
import { type MatchedPost, postsToMatch } from '../db/rematch.ts';
import { sealedBefore } from '../db/sealed.ts';
import { deleteSetting, saveSetting, setting } from '../db/settings.ts';
import type { Tx } from '../db/store.ts';
import type { Context } from '../src/context.ts';
import { throwIfAborted } from '../src/errors.ts';
import { type BrandNumbers, numberBrands } from '../src/ingest/batch.ts';
import { type BrandRef, createMatcher, rulesHash } from '../src/ingest/brands.ts';

/** Posts that a brand gained and lost, by slug. */
export interface RematchSummary {
  posts: number;
  changed: number;
  brands: Record<string, { gained: number; lost: number }>;
}

const PAGE = 2_000;
const PROGRESS = 'rematch';

/**
 * Puts every stored post under the brands that the rules of today give it, and marks the days that change, for the ordinary
 * stages to compute again. Works in pages and goes on where it was stopped, unless the rules changed since. Posts whose text
 * was deleted by age stay where they are. A dry run only counts. Errors: E_INTERRUPTED between pages.
 */
export async function rematch(context: Context, options: { dryRun: boolean }): Promise<RematchSummary> {
  const { store, config, signal } = context;
  const match = createMatcher(config.brands);
  const rules = rulesHash(config.brands);
  const slugs = new Map((await listBrands(store.read)).map(({ brandId, slug }) => [brandId, slug]));
  const summary: RematchSummary = { posts: 0, changed: 0, brands: {} };
  const from = await sealedBefore(store.read);
  let afterPostId = options.dryRun ? 0 : await startOf(context, rules);
  for (;;) {
    throwIfAborted(signal);
    const page = await postsToMatch(store.read, { afterPostId, from, limit: PAGE });
    const last = page.at(-1);
    if (!last) break;
    afterPostId = last.postId;
    const changes = page.flatMap((post) => changeOf(post, match(post.body, post.brand ?? ''), slugs) ?? []);
    for (const { gained, lost } of changes) {
      for (const { slug } of gained) countOf(summary, slug).gained += 1;
      for (const slug of lost) countOf(summary, slug).lost += 1;
    }
    summary.posts += page.length;
    summary.changed += changes.length;
    if (!options.dryRun)
      await store.transaction(async (tx) => {
        await applyChanges(tx, changes);
        await saveSetting(tx, PROGRESS, JSON.stringify({ rules, afterPostId }));
      });
  }
  if (!options.dryRun)
    await store.transaction(async (tx) => {
      await saveSetting(tx, 'brand_rules', rules);
      await deleteSetting(tx, PROGRESS);
    });
  return summary;
}

/** The post after which a rematch by the same rules was stopped. */
async function startOf({ store }: Context, rules: string): Promise<number> {
  const progress = JSON.parse((await setting(store.read, PROGRESS)) ?? '{}') as {
    rules?: string;
    afterPostId?: number;
  };
  return progress.rules === rules ? (progress.afterPostId ?? 0) : 0;
}

interface Change {
  post: MatchedPost;
  brands: readonly BrandRef[];
  gained: BrandRef[];
  lost: string[];
}

function changeOf(post: MatchedPost, brands: readonly BrandRef[], slugs: Map<number, string>): Change | undefined {
  const before = new Set(post.brandIds.map((brandId) => slugs.get(brandId) ?? String(brandId)));
  const gained = brands.filter(({ slug }) => !before.delete(slug));
  return gained.length === 0 && before.size === 0 ? undefined : { post, brands, gained, lost: [...before] };
}

async function applyChanges(tx: Tx, changes: readonly Change[]): Promise<void> {
  const numbers: BrandNumbers = await numberBrands(tx, changes, new Map());
  const days = new Map<string, { brandId: number; day: number }>();
  for (const { post, brands } of changes) {
    const brandIds = brands.flatMap(({ slug }) => numbers.get(slug)?.brandId ?? []);
    await setBrands(tx, post, brandIds);
    for (const brandId of [...brandIds, ...post.brandIds])
      days.set(`${brandId}/${post.day}`, { brandId, day: post.day });
  }
  await markDirty(tx, days.values());
}

function countOf({ brands }: RematchSummary, slug: string): { gained: number; lost: number } {
  const known = brands[slug];
  if (known) return known;
  const count = { gained: 0, lost: 0 };
  brands[slug] = count;
  return count;
}
