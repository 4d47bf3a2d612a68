import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Random } from '../../examples/world/random.ts';
import { formatDay } from '../../src/calendar.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { JobFolder } from '../support/job.ts';
import { queryNow } from '../support/own-database.ts';
import type { Job, Step } from './world.ts';

const PROCESS = fileURLToPath(new URL('./night-process.ts', import.meta.url));
/** Files bear this time: none looks as if it were still being written. */
const LONG_AGO = new Date('2025-01-01T00:00:00Z');

/** Where the kills fell, by the stage that the run's record names. */
export interface Torment {
  runs: number;
  kills: number;
  killsByStage: Record<string, number>;
}

/** Does every step in a process of its own and returns how long each took, in milliseconds. */
export async function undisturbed(job: JobFolder, steps: readonly Step[]): Promise<number[]> {
  const nights = startNights(job);
  const durations: number[] = [];
  for (const step of steps) {
    deliver(job, step.files);
    durations.push(await toTheEnd(await nights.begin(step.job), step));
  }
  await nights.close();
  return durations;
}

/** The same in this process, and without scoring processes: a third of the work, and the same rows and files. */
export async function undisturbedHere(job: JobFolder, steps: readonly Step[]): Promise<number[]> {
  const durations: number[] = [];
  for (const { files, job: does } of steps) {
    deliver(job, files);
    const startedMs = performance.now();
    if (does.kind === 'nightly') await job.nightly(formatDay(does.asOf), { now: does.nowMs });
    else await job.backfill(formatDay(does.from), formatDay(does.to), { now: does.nowMs });
    durations.push(performance.now() - startedMs);
  }
  return durations;
}

/**
 * Does every step with `kills` runs killed at moments spread evenly over the time that the step takes, then once to its end.
 * A run that ends before its moment comes tells the new time; the next one is started over.
 */
export async function tormented(
  job: JobFolder,
  steps: readonly Step[],
  options: { durations: readonly number[]; kills: number; random: Random },
): Promise<Torment> {
  const { durations, kills, random } = options;
  const torment: Torment = { runs: 0, kills: 0, killsByStage: {} };
  const nights = startNights(job);
  for (const [index, step] of steps.entries()) {
    deliver(job, step.files);
    let wholeMs = durations[index] ?? 1_000;
    for (let killed = 0; killed < kills; ) {
      const before = newestRun(job)?.run_id ?? 0;
      const { child, ended, startedMs } = await nights.begin(step.job);
      torment.runs += 1;
      const moment = wait(wholeMs * random.next(), 'kill' as const);
      if ((await Promise.race([moment, ended])) === 'kill') child.kill('SIGKILL');
      const end = await ended;
      if (end.signal === 'SIGKILL') {
        killed += 1;
        torment.kills += 1;
        const place = placeOf(newestRun(job), before);
        torment.killsByStage[place] = (torment.killsByStage[place] ?? 0) + 1;
      } else {
        expectFine(step, end);
        wholeMs = performance.now() - startedMs;
      }
    }
    torment.runs += 1;
    await toTheEnd(await nights.begin(step.job), step);
  }
  await nights.close();
  return torment;
}

interface Night {
  child: ChildProcess;
  ended: Promise<Ended>;
  startedMs: number;
}

/** Processes for one job each. While one is at work, the next one makes itself ready. */
function startNights({ configFile }: JobFolder): { begin(job: Job): Promise<Night>; close(): Promise<void> } {
  let waiting = startProcess();
  return {
    begin: async (job) => {
      const { child, ready, ended } = waiting;
      await ready;
      waiting = startProcess();
      child.send({ configFile, job });
      return { child, ended, startedMs: performance.now() };
    },
    close: async () => {
      waiting.child.kill('SIGKILL');
      await waiting.ended;
    },
  };
}

async function toTheEnd({ ended, startedMs }: Night, step: Step): Promise<number> {
  expectFine(step, await ended);
  return performance.now() - startedMs;
}

function placeOf(run: ReturnType<typeof newestRun>, before: number): string {
  if (run === undefined || run.run_id === before) return 'before its record';
  return run.outcome === 'running' ? (run.stage ?? 'before its first stage') : 'after its record';
}

function deliver({ folder }: JobFolder, files: Step['files']): void {
  for (const { name, content } of files) {
    const path = join(folder, 'inbox', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    utimesSync(path, LONG_AGO, LONG_AGO);
  }
}

interface Ended {
  code: number | null;
  signal: string | null;
  stderr: string;
}

function expectFine({ name }: Step, { code, signal, stderr }: Ended): void {
  if (code !== 0) throw new Error(`${name} ended with ${code ?? signal}: ${stderr}`);
}

/** A process that is ready for one job. */
function startProcess(): { child: ChildProcess; ready: Promise<unknown>; ended: Promise<Ended> } {
  const child = fork(PROCESS, [], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
    // Compiled once instead of some hundred times.
    env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'monitor-torture-compiled') },
  });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stderr }));
  });
  return { child, ready: Promise.race([once(child, 'message'), ended]), ended };
}

function newestRun({ configFile }: JobFolder): { run_id: number; outcome: string; stage: string | null } | undefined {
  const newest = 'select run_id, outcome, stage from runs order by run_id desc limit 1';
  return queryNow(loadConfig(configFile), newest)?.[0] as ReturnType<typeof newestRun>;
}

/** How runs ended, counted. */
export function outcomes({ configFile }: JobFolder): Record<string, number> {
  const rows = queryNow(loadConfig(configFile), 'select outcome, count(*) as count from runs group by outcome');
  return Object.fromEntries((rows as { outcome: string; count: number }[]).map((row) => [row.outcome, row.count]));
}
