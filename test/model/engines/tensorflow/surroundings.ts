import { pino } from 'pino';
import type { Surroundings } from '../../../../src/model/engines/tensorflow/download.ts';

/** What the steps of the installation are given, silent; `advanced` counts what the progress was told. */
export function quietSurroundings(env: NodeJS.ProcessEnv = {}, signal = new AbortController().signal) {
  const seen = { advanced: 0 };
  const surroundings: Surroundings = {
    env: { PATH: process.env['PATH'], ...env },
    log: pino({ enabled: false }),
    progress: {
      start: () => undefined,
      advance: (by) => {
        seen.advanced += by;
      },
      finish: () => undefined,
    },
    signal,
  };
  return { surroundings, seen };
}
