import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../../src/package.ts';

const MAIN = join(packageRoot, 'src', 'cli', 'main.ts');

export interface CliResult {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** Starts the `monitor` command as its users do: a process of its own. */
export function startMonitor(
  args: readonly string[],
  cwd?: string,
  user?: { uid: number; gid: number },
): { child: ChildProcess; ended: Promise<CliResult> } {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, ...user, stdio: 'pipe' });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<CliResult>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, ended };
}

/** Runs the `monitor` command to its end, with this as its standard input. */
export function monitor(args: readonly string[], cwd?: string, input = ''): Promise<CliResult> {
  const { child, ended } = startMonitor(args, cwd);
  child.stdin?.end(input);
  return ended;
}
