import { spawn } from 'node:child_process';
import { MonitorError } from '../../../errors.ts';

export interface RunOptions {
  cwd?: string;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
}

/** How much of a failed command's output is shown. */
const SHOWN_LINES = 15;

/**
 * Runs a command to its end and returns what it printed on stdout.
 * Errors: E_ENGINE_INSTALL with the last lines that it printed; E_INTERRUPTED when the signal is raised.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: RunOptions,
  remedy: string,
): Promise<string> {
  const { signal, ...rest } = options;
  return new Promise((resolve, reject) => {
    let stdout = '';
    let tail = '';
    // SIGTERM, so that npm and pip take back what they have begun.
    const child = spawn(command, args, { ...rest, signal, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      tail = (tail + text).slice(-4_000);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      tail = (tail + text).slice(-4_000);
    });
    const fail = (reason: string, cause?: unknown): void => {
      const shown = tail.trimEnd().split('\n').slice(-SHOWN_LINES).join('\n');
      const message = `${[command, ...args].join(' ')} ${reason}${shown === '' ? '.' : `:\n${shown}`}`;
      reject(new MonitorError('E_ENGINE_INSTALL', message, { remedy, cause }));
    };
    child.on('error', (cause) => {
      if (signal.aborted) return;
      fail(`can't be started (${cause.message})`, cause);
    });
    child.on('close', (code, killedBy) => {
      if (signal.aborted)
        reject(
          new MonitorError('E_INTERRUPTED', 'Stopped before the end. What is complete is kept.', {
            remedy: 'Run the same command again: it goes on with the first step that is missing.',
          }),
        );
      else if (code === 0) resolve(stdout);
      else fail(killedBy === null ? `ended with code ${code}` : `was ended by ${killedBy}`);
    });
  });
}

/** Whether a command is there and answers. */
export async function answers(command: string, args: readonly string[], options: RunOptions): Promise<boolean> {
  return runCommand(command, args, options, '').then(
    () => true,
    (thrown: MonitorError) => {
      if (thrown.code === 'E_INTERRUPTED') throw thrown;
      return false;
    },
  );
}
