import { existsSync } from 'node:fs';
import { type FileHandle, open, rm, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { MonitorError, messageOf, throwIfAborted } from '../../../errors.ts';
import type { Surroundings } from './download.ts';
import type { Wheel } from './wheels.ts';

/** How long is waited before each try that follows a broken connection, in milliseconds. */
const PAUSES_MS: readonly number[] = [1_000, 3_000, 10_000, 30_000];

/**
 * Fetches the wheel into `part`, from the byte that an earlier run came to. What is there stays there when the connection
 * breaks or the signal is raised. The content is not checked here.
 *
 * Every byte is written at its own place and nothing is cut off. So a server that always sends the whole file takes
 * nothing away, and two runs at once write the same bytes to the same places.
 *
 * Returns whether the file is whole; false if the address can't be reached or serves something else.
 * Errors: E_ENGINE_INSTALL if the connection breaks again and again after it was good; E_INTERRUPTED.
 */
export async function fetchWheel(
  address: string,
  part: string,
  wheel: Wheel,
  surroundings: Surroundings,
  pauses: readonly number[] = PAUSES_MS,
): Promise<boolean> {
  const { log, progress, signal } = surroundings;
  let have = await lengthOf(part);
  // More than the whole can't be a part of it.
  if (have > wheel.bytes) {
    await rm(part);
    have = 0;
  }
  if (have > 0) log.info(`going on after ${megabytes(have)} of ${megabytes(wheel.bytes)} MB`);
  progress.start('download', wheel.bytes);
  progress.advance(have);
  let everCame = false;
  let failures = 0;
  try {
    while (have < wheel.bytes) {
      const before = have;
      const problem = await fetchFrom(have, address, part, wheel, signal, (end) => {
        progress.advance(Math.max(0, end - have));
        have = Math.max(have, end);
      });
      throwIfAborted(signal);
      if (have >= wheel.bytes) break;
      everCame ||= have > before;
      if (!everCame) {
        log.warn({ problem }, "the wheel can't be fetched directly");
        return false;
      }
      failures = have > before ? 0 : failures + 1;
      const wait = pauses[failures];
      if (wait === undefined) throw brokenOff(problem, have, part, wheel);
      log.warn({ problem }, `the connection broke after ${megabytes(have)} MB; trying again`);
      await pause(wait, undefined, { signal }).catch(() => throwIfAborted(signal));
    }
    return true;
  } finally {
    progress.finish();
  }
}

/** One request. `onWritten` is told where in the file the bytes written last end. Returns why it ended before the end. */
async function fetchFrom(
  from: number,
  address: string,
  part: string,
  wheel: Wheel,
  signal: AbortSignal,
  onWritten: (end: number) => void,
): Promise<string> {
  let file: FileHandle | undefined;
  try {
    const headers = { range: `bytes=${from}-`, 'accept-encoding': 'identity' };
    const response = await fetch(address, { headers, signal });
    const start = startOf(response, from, wheel.bytes);
    if (start === undefined || response.body === null) {
      await response.body?.cancel();
      return `the server answers with status ${response.status} and ${response.headers.get('content-length') ?? '?'} bytes`;
    }
    file = await open(part, existsSync(part) ? 'r+' : 'w');
    let at = start;
    for await (const bytes of response.body) {
      await file.write(bytes, 0, bytes.length, at);
      at += bytes.length;
      onWritten(at);
      if (at >= wheel.bytes) break;
    }
    return 'the server ended the answer early';
  } catch (thrown) {
    // Errors of the disk have a name of the operation; no other try helps there.
    if (thrown instanceof Error && 'syscall' in thrown) throw thrown;
    return reasonOf(thrown);
  } finally {
    await file?.close();
  }
}

/** The byte of the wheel that the answer begins with; undefined if it is not an answer with the rest of this wheel. */
function startOf(response: Response, from: number, bytes: number): number | undefined {
  if (response.status === 206)
    return response.headers.get('content-range') === `bytes ${from}-${bytes - 1}/${bytes}` ? from : undefined;
  // A proxy's sign-in page has status 200 too: its length tells, before it overwrites what is there.
  return response.status === 200 && Number(response.headers.get('content-length')) === bytes ? 0 : undefined;
}

function brokenOff(problem: string, have: number, part: string, wheel: Wheel): MonitorError {
  return new MonitorError(
    'E_ENGINE_INSTALL',
    `The download broke off after ${megabytes(have)} of ${megabytes(wheel.bytes)} MB: ${problem}.`,
    { place: { file: part }, remedy: 'Run the same command again: it goes on after the part that is there.' },
  );
}

/** `fetch` itself says only "fetch failed"; the cause, if it has words, says why. */
const reasonOf = (thrown: unknown): string =>
  (thrown instanceof Error && thrown.cause !== undefined && messageOf(thrown.cause)) || messageOf(thrown);

const lengthOf = async (file: string): Promise<number> => (existsSync(file) ? (await stat(file)).size : 0);

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
