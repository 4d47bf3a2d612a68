import { createInterface } from 'node:readline/promises';
import type { Ask } from '../../jobs/init.ts';
import { MonitorError } from '../errors.ts';

/** Takes every proposal, for scripts and cron. */
export const askNothing: Ask = async (_question, proposal, read) => read(proposal);

/** Asks on the terminal until each answer can be used. Errors: E_INTERRUPTED at Ctrl-C and at the end of the input. */
export async function withQuestions<T>(work: (ask: Ask) => Promise<T>): Promise<T> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<never>((_, reject) => {
    const stopped = () =>
      reject(
        new MonitorError('E_INTERRUPTED', 'Stopped. Nothing was written.', {
          remedy: 'Run monitor init again, or answer by its options: monitor init --help',
        }),
      );
    terminal.once('close', stopped);
    terminal.once('SIGINT', () => terminal.close());
  });
  closed.catch(() => undefined);
  try {
    return await work(async (question, proposal, read) => {
      for (;;) {
        const shown = proposal === '' ? '' : ` [${proposal}]`;
        const answer = (await Promise.race([terminal.question(`${question}${shown}: `), closed])).trim();
        try {
          return read(answer === '' ? proposal : answer);
        } catch (thrown) {
          if (!(thrown instanceof MonitorError)) throw thrown;
          terminal.write('');
          process.stderr.write(`  ${thrown.message} ${thrown.remedy}\n`);
        }
      }
    });
  } finally {
    terminal.close();
  }
}
