import { createInterface } from 'node:readline/promises';
import type { Ask } from '../../jobs/init.ts';
import { MonitorError } from '../errors.ts';

/** Takes every proposal, for scripts and cron. */
export const askNothing: Ask = async (_question, proposal, read) => read(proposal);

/** Asks on the terminal until the answer can be used. Errors: E_INTERRUPTED at Ctrl-C and at the end of the input. */
export const askOnTerminal: Ask = async (question, proposal, read) => {
  for (;;) {
    const answer = await answerTo(proposal === '' ? `${question}: ` : `${question} [${proposal}]: `);
    try {
      return read(answer === '' ? proposal : answer);
    } catch (thrown) {
      if (!(thrown instanceof MonitorError)) throw thrown;
      process.stderr.write(`  ${thrown.message} ${thrown.remedy}\n`);
    }
  }
};

/** One line. Between questions the terminal is as ever, so that Ctrl-C stops the work. */
async function answerTo(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const closed = Promise.withResolvers<never>();
  const stopped = () => {
    process.stderr.write('\n');
    closed.reject(
      new MonitorError('E_INTERRUPTED', 'Stopped. Nothing was written.', {
        remedy: 'Run monitor init again, or answer by its options: monitor init --help',
      }),
    );
  };
  terminal.once('close', stopped).once('SIGINT', () => terminal.close());
  try {
    return (await Promise.race([terminal.question(question), closed.promise])).trim();
  } finally {
    terminal.off('close', stopped).close();
  }
}
