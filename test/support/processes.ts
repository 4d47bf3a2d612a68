import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/package.ts';

/** A `monitor` command as a process of its own, in its own process group. */
export interface Running {
  readonly child: ChildProcess;
  /** Its exit code, and what it printed. */
  readonly ended: Promise<{ code: number | null; out: string; err: string }>;
  /** Sends a signal to it and to the scoring processes that it started. */
  signal(name: NodeJS.Signals): void;
}

/** Starts the command, of this program or of another version of it. */
export function startMonitor(args: readonly string[], program = packageRoot): Running {
  const child = spawn(process.execPath, [join(program, 'src/cli/main.ts'), ...args], { detached: true });
  let [out, err] = ['', ''];
  child.stdout.on('data', (data) => {
    out += String(data);
  });
  child.stderr.on('data', (data) => {
    err += String(data);
  });
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, out, err }));
  });
  return {
    ...{ child, ended },
    signal: (name) => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, name);
      } catch {
        // It is gone already.
      }
    },
  };
}

/** Scoring processes of a process, this one unless told otherwise, as Linux tells them; killed ones that nobody has asked after yet don't count. */
export function workers(of = process.pid): number[] {
  if (!existsSync('/proc/self/stat')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
        return (
          state !== 'Z' &&
          Number(parent) === of &&
          readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('worker-process')
        );
      } catch {
        return false;
      }
    });
}
