import { readdirSync, readFileSync } from 'node:fs';

/** Seconds on the wall, processor seconds of this process and of the scoring processes that it started. */
export interface Usage {
  readonly wall: number;
  readonly own: number;
  readonly workers: number;
}

/** Times work. Children are seen on Linux only, and while they live. */
export async function measured<T>(work: () => Promise<T> | T): Promise<{ result: T; usage: Usage }> {
  const [wall, own, workers] = [performance.now(), process.cpuUsage(), childrenSeconds()];
  const result = await work();
  const { user, system } = process.cpuUsage(own);
  return {
    result,
    usage: {
      wall: (performance.now() - wall) / 1_000,
      own: (user + system) / 1e6,
      workers: Math.max(0, childrenSeconds() - workers),
    },
  };
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
export function processorSeconds(): Omit<Usage, 'wall'> {
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
