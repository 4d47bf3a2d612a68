/** Works as a job does until it is told to stop, then in a batch that never ends. */
import { edge } from '../../src/cli/environment.ts';

const { signal } = edge();
signal.addEventListener('abort', () => {
  setImmediate(() => {
    process.stdout.write('busy\n');
    for (;;);
  });
});
setInterval(() => undefined, 60_000);
process.stdout.write('ready\n');
