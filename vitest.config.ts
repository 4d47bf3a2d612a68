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
    // By `npm run coverage`.
    coverage: {
      provider: 'v8',
      include: ['{src,jobs,db,reports}/**/*.ts'],
      // Starting points of processes of their own, which a measurement in this one does not see.
      exclude: ['src/cli/main.ts', 'src/model/worker-process.ts', 'src/model/engines/tensorflow/check-process.ts'],
      reporter: ['text-summary', 'json-summary', 'json'],
      reportOnFailure: true,
      thresholds: { lines: 92, branches: 85, perFile: { lines: 75 } },
    },
  },
});
