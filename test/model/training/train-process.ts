/** Trains in a process of its own, for a test that kills it: `node train-process.ts <folder> <out>`. Tells each batch. */
import { trainTiny } from './support.ts';

const [folder = '', out = ''] = process.argv.slice(2);
await trainTiny(folder, out, {
  // A checkpoint after every batch.
  checkpointEveryMs: 0,
  progress: {
    start: () => undefined,
    advance: (rows) => process.stdout.write(`${rows}\n`),
    finish: () => undefined,
  },
});
