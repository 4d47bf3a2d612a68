import type { QuotedPost } from '../../db/posts.ts';
import { essenceOf } from '../ingest/copies.ts';

/** Posts that a mail quotes. */
const QUOTES = 5;

/**
 * The posts to quote out of some, kept in their order: distinct texts, and one per author as far as
 * there are authors enough. Texts that differ only in links, mentions, case and punctuation count as one.
 */
export function pickQuotes<P extends QuotedPost>(lowest: readonly P[], wanted = QUOTES): P[] {
  const texts = new Set<string>();
  const distinct = lowest.filter((post) => {
    // A text of nothing but emoji or links has no letters to compare; it stands for itself.
    const essence = essenceOf(post.text) || post.text.trim();
    if (essence === '' || texts.has(essence)) return false;
    texts.add(essence);
    return true;
  });
  const authors = new Set<string>();
  const firsts = new Set<P>();
  for (const post of distinct) {
    if (post.userId !== null && authors.has(post.userId)) continue;
    if (post.userId !== null) authors.add(post.userId);
    firsts.add(post);
  }
  const others = distinct.filter((post) => !firsts.has(post));
  const chosen = new Set([...firsts, ...others].slice(0, wanted));
  return distinct.filter((post) => chosen.has(post));
}
