import type { Progress } from '../../src/context.ts';

/** Progress that nobody watches. */
export const silentProgress: Progress = { start: () => undefined, advance: () => undefined, finish: () => undefined };
