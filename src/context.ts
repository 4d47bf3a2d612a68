import type { Logger } from 'pino';
import type { Store } from '../db/store.ts';
import type { Zone } from './calendar.ts';
import type { Config } from './config/schema.ts';

/** The time, passed in so that every job can be run as of any moment. Milliseconds since 1970 UTC. */
export type Clock = () => number;

/** Shows how far long work has come: a bar on a terminal, log lines otherwise. */
export interface Progress {
  /** Begins a piece of work. `total` is in units of `advance`; undefined when it is not known. */
  start(label: string, total?: number): void;
  advance(by: number): void;
  finish(): void;
}

/** What every stage is given. */
export interface Context {
  store: Store;
  config: Config;
  zone: Zone;
  clock: Clock;
  signal: AbortSignal;
  progress: Progress;
  log: Logger;
}
