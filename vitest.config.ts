import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/full/**', 'test/postgres/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // A process does one file after the other, so that the program, its libraries and native TensorFlow are loaded once. No test
    // replaces a module; what a file changes for the whole process (folder, clock, output), it puts back.
    isolate: false,
    globalSetup: ['test/support/postgres-setup.ts'],
    // Half of the processors, which is the default, leaves a small machine with one.
    maxWorkers: '100%',
  },
});
