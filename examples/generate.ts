// Writes examples/inbox: a small synthetic world of posts. Everything in it is invented, the brands too.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BadRow, type WorldFile, worldFiles } from './world/exports.ts';
import { type WorldPost, type WorldSize, worldPosts } from './world/posts.ts';

export type { WorldFile };

/** The seed of the world in examples/inbox; the defaults of `generateWorld` are its size. */
export const SAMPLE_SEED = 20_260_901;
const SAMPLE_SIZE: WorldSize = { start: '2026-09-01', days: 30, postsPerDay: 150 };

export interface World {
  /** Every post once, in the order of time, with its true brands and mood. */
  posts: WorldPost[];
  /** The exports: overlapping by a day, with bad rows among the good. */
  files: WorldFile[];
  badRows: BadRow[];
}

/**
 * A world of three brands, the same for the same seed and size. One brand's last seven days are a bad story.
 * Days: at least 12, so that the story has ordinary days before it.
 */
export function generateWorld(seed: number, options: Partial<WorldSize> = {}): World {
  const size = { ...SAMPLE_SIZE, ...options };
  if (size.days < 12) throw new RangeError('a world has at least 12 days');
  const posts = worldPosts(seed, size);
  return { posts, ...worldFiles(posts, size) };
}

if (import.meta.main) {
  const inbox = join(import.meta.dirname, 'inbox');
  mkdirSync(inbox, { recursive: true });
  for (const { name, bytes, rows } of generateWorld(SAMPLE_SEED).files) {
    const path = join(inbox, name);
    writeFileSync(`${path}.part`, bytes);
    renameSync(`${path}.part`, path);
    process.stdout.write(`${path}: ${rows} rows\n`);
  }
}
