import { defineConfig } from 'vitest/config';
import { keptThread } from './scripts/kept-thread.ts';
import { QuickestFirst } from './scripts/quickest-first.ts';
import ordinary from './vitest.config.ts';

/**
 * The tests that scripts/mutate.ts repeats for each change it makes to the code of a folder: that folder's own, without those that
 * take seconds, and those that start processes, in which a change would not be seen.
 */
export default defineConfig({
  plugins: [keptThread()],
  test: {
    ...ordinary.test,
    include: [`test/${process.env['MUTATED_FOLDER'] ?? '*'}/*.test.ts`],
    exclude: [
      'test/aggregate/{drift-night,intervals,revisions}.test.ts',
      'test/alerts/{injection,mail-template,smtp-trouble}.test.ts',
      'test/ingest/{dialects,exports,interrupted}.test.ts',
    ],
    // Each file loads the program anew, so that nothing is left of an earlier change.
    isolate: true,
    maxWorkers: 1,
    sequence: { sequencer: QuickestFirst },
    globalSetup: [],
    setupFiles: ['test/support/one-seed.ts'],
  },
});
