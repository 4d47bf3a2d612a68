import type { Model } from '../artifact.ts';
import { scorerOf } from '../scorer.ts';
import { syntheticRows } from '../synthetic/rows.ts';
import type { InstalledEngine } from './installed.ts';

/** Posts of one go; an engine is asked for as many of them as the time allows. */
const POSTS = 1_024;

/**
 * Posts a second that one process scores on an engine, tokenising included, measured over so many milliseconds on invented
 * posts. `nowMs` is a clock of milliseconds.
 */
export async function engineSpeed(
  installed: InstalledEngine,
  model: Pick<Model, 'spec' | 'vocabulary' | 'weights' | 'networkSha256'>,
  milliseconds: number,
  nowMs: () => number,
): Promise<number> {
  const texts = Array.from(syntheticRows({ rows: POSTS, classes: 3, seed: 1 }), ({ text }) => text);
  const engine = await installed.create(model);
  try {
    const score = scorerOf(model, engine);
    await score(texts.slice(0, 32));
    const start = nowMs();
    let posts = 0;
    let elapsed = 0;
    while (elapsed < milliseconds) {
      await score(texts);
      posts += texts.length;
      elapsed = nowMs() - start;
    }
    return (posts / elapsed) * 1_000;
  } finally {
    await engine.close();
  }
}
