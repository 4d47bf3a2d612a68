import { defineConfig } from 'vitest/config';
import ordinary from './vitest.config.ts';

/** The ordinary tests and the commands of the documentation, with the lines that they run: `npm run coverage`. */
export default defineConfig({
  test: {
    ...ordinary.test,
    include: ['test/**/*.test.ts'],
    exclude: ['test/full/!(docs-commands).test.ts', 'test/postgres/**'],
    // Counting lines takes time.
    testTimeout: 240_000,
    coverage: {
      provider: 'v8',
      include: ['{src,jobs,db,reports}/**/*.ts'],
      exclude: [
        // What runs in processes of its own, which a measurement in this one does not see: where processes start,
        'src/{cli/main,heap}.ts',
        'src/model/worker-process.ts',
        'src/model/engines/tensorflow/check-process.ts',
        // commands that stay until they are stopped,
        'src/cli/{schedule,serve,worker}.ts',
        // and TensorFlow's installation, which downloads half a gigabyte: CI does it.
        'src/model/engines/tensorflow/{addon,install}.ts',
      ],
      reporter: ['text-summary', 'json-summary', 'json'],
      reportOnFailure: true,
      thresholds: { lines: 92, branches: 85, perFile: { lines: 75 } },
    },
  },
});
