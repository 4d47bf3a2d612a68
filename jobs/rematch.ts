import { listBrands } from '../db/brands.ts';
import { markDirty } from '../db/dirty-days.ts';
import { setOtherLanguage } from '../db/languages.ts';
import { setBrands } from '../db/post-changes.ts';
import { type MatchedPost, postsToMatch } from '../db/rematch.ts';
import { sealedBefore } from '../db/sealed.ts';
import { deleteSetting, saveSetting, setting } from '../db/settings.ts';
import type { Tx } from '../db/store.ts';
import type { Config } from '../src/config/schema.ts';
import type { Context } from '../src/context.ts';
import { throwIfAborted } from '../src/errors.ts';
import { type Attribution, attributionHash, openAttribution } from '../src/ingest/attribution.ts';
import { type BrandNumbers, numberBrands } from '../src/ingest/batch.ts';
import type { BrandRef, Matcher } from '../src/ingest/brands.ts';
import { settingsOf, withBrand } from '../src/ingest/source.ts';

/** Posts that a brand gained and lost, by slug. */
export interface RematchSummary {
  posts: number;
  changed: number;
  /** Posts that are in another language by the settings of today, and so belong to no brand. */
  otherLanguage: number;
  brands: Record<string, { gained: number; lost: number }>;
}

const PAGE = 2_000;
const PROGRESS = 'rematch';

/**
 * Puts every stored post under the brands that the settings of today give it, and marks the days that change, for the ordinary
 * stages to compute again. Works in pages and goes on where it was stopped, unless the rules changed since. Posts whose text
 * was deleted by age stay where they are. A dry run only counts. Errors: E_INTERRUPTED between pages.
 */
export async function rematch(context: Context, options: { dryRun: boolean }): Promise<RematchSummary> {
  const { store, config, signal } = context;
  const attribute = attributeBy(config, await openAttribution(config));
  const rules = attributionHash(config);
  const slugs = new Map((await listBrands(store.read)).map(({ brandId, slug }) => [brandId, slug]));
  const summary: RematchSummary = { posts: 0, changed: 0, otherLanguage: 0, brands: {} };
  const from = await sealedBefore(store.read);
  let afterPostId = options.dryRun ? 0 : await startOf(context, rules);
  for (;;) {
    throwIfAborted(signal);
    const page = await postsToMatch(store.read, { afterPostId, from, limit: PAGE });
    const last = page.at(-1);
    if (!last) break;
    afterPostId = last.postId;
    const found = page.map((post) => ({ post, ...attribute(post) }));
    const changes = found.flatMap(({ post, brands }) => changeOf(post, brands, slugs) ?? []);
    const spoken = found.filter(({ post, otherLanguage }) => post.otherLanguage !== otherLanguage);
    for (const { gained, lost } of changes) {
      for (const { slug } of gained) countOf(summary, slug).gained += 1;
      for (const slug of lost) countOf(summary, slug).lost += 1;
    }
    summary.posts += page.length;
    summary.changed += changes.length;
    summary.otherLanguage += found.filter(({ otherLanguage }) => otherLanguage !== null).length;
    if (!options.dryRun)
      await store.transaction(async (tx) => {
        await applyChanges(tx, changes);
        for (const { post, otherLanguage } of spoken) await setOtherLanguage(tx, post.postId, otherLanguage);
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

/** Finds a stored post's brands as ingest would: with the brand of its source, and none in another language. */
function attributeBy(
  config: Config,
  { match, otherLanguage }: Attribution,
): (post: MatchedPost) => { brands: readonly BrandRef[]; otherLanguage: string | null } {
  const matchers = new Map<string, Matcher>();
  const matcherOf = (source: string): Matcher => {
    const matcher = matchers.get(source) ?? withBrand(match, settingsOf(config, source).brand);
    matchers.set(source, matcher);
    return matcher;
  };
  return ({ body, brand, source }) => {
    const language = otherLanguage(body);
    return { otherLanguage: language, brands: language === null ? matcherOf(source)(body, brand ?? '') : [] };
  };
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
