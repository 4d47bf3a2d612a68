import { defineConfig } from 'vitest/config';
import ordinary from './vitest.config.ts';

/**
 * The tests that scripts/mutate.ts repeats for each change it makes to the code of a folder: that folder's own, without those that
 * take seconds, and those that start processes, in which a change would not be seen.
 */
export default defineConfig({
  test: {
    ...ordinary.test,
    include: [`test/${process.env['MUTATED_FOLDER'] ?? '*'}/*.test.ts`],
    exclude: [
      'test/aggregate/{drift-night,intervals,revisions}.test.ts',
      'test/alerts/{injection,mail-template,smtp-trouble}.test.ts',
      'test/ingest/exports.test.ts',
    ],
    globalSetup: [],
    setupFiles: ['test/support/one-seed.ts'],
  },
});
