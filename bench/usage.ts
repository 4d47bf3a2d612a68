import { readdirSync, readFileSync } from 'node:fs';

/** Processor seconds of this process and of the scoring processes that it started. */
export interface ProcessorSeconds {
  readonly own: number;
  readonly workers: number;
}

/** The same, and seconds on the wall. */
export interface Usage extends ProcessorSeconds {
  readonly wall: number;
}

/** Times work. Children are seen on Linux only, and while they live. */
export async function measured<T>(work: () => Promise<T> | T): Promise<{ result: T; usage: Usage }> {
  const [startedMs, before] = [performance.now(), processorSeconds()];
  const result = await work();
  return { result, usage: { wall: (performance.now() - startedMs) / 1_000, ...secondsSince(before) } };
}

/** What was added to `processorSeconds` meanwhile. What ended workers took is no longer seen. */
export function secondsSince({ own, workers }: ProcessorSeconds): ProcessorSeconds {
  const now = processorSeconds();
  return { own: now.own - own, workers: Math.max(0, now.workers - workers) };
}

function children(): string[] {
  try {
    return readdirSync('/proc/self/task').flatMap((task) =>
      readFileSync(`/proc/self/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
    );
  } catch {
    return [];
  }
}

/** Processor seconds of this process and of its living children so far. */
export function processorSeconds(): ProcessorSeconds {
  const { user, system } = process.cpuUsage();
  return { own: (user + system) / 1e6, workers: childrenSeconds() };
}

function childrenSeconds(): number {
  // Fields 14 and 15, in hundredths of a second, counted behind the name, which may have blanks in it.
  const ticks = children().map((pid) => {
    const fields = readOf(`/proc/${pid}/stat`)
      .replace(/^.*\) /s, '')
      .split(' ');
    return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  });
  return ticks.reduce((sum, value) => sum + value, 0) / 100;
}

/** Megabytes that this process and its living children take at the moment, with pages that they share counted once. On Linux only. */
function memoryMb(): { own: number; workers: number } {
  const [own = 0, ...workers] = ['self', ...children()].map(
    (pid) => Number(/^Pss:\s+(\d+)/m.exec(readOf(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) / 1_024,
  );
  return { own: Math.round(own), workers: Math.round(workers.reduce((sum, value) => sum + value, 0)) };
}

/** Looks at the memory every half second until it is told to end; then tells the moment when most was taken. */
export function watchMemory(): () => { own: number; workers: number } {
  let peak = memoryMb();
  const look = () => {
    const now = memoryMb();
    if (now.own + now.workers > peak.own + peak.workers) peak = now;
  };
  const timer = setInterval(look, 500);
  return () => {
    clearInterval(timer);
    look();
    return peak;
  };
}

function readOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
