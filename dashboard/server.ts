import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Logger } from 'pino';
import { databaseOf } from '../db/database.ts';
import type { Secrets } from '../db/postgres.ts';
import type { Config } from '../src/config/schema.ts';
import type { Clock } from '../src/context.ts';
import { MonitorError } from '../src/errors.ts';
import { dashboardApp } from './app.ts';
import { databaseReader } from './database.ts';
import { dayPostsCache } from './day-posts.ts';
import type { predictQueue } from './predict-queue.ts';
import { type MakePool, type Predictor, predictorOf } from './predictor.ts';
import { formKeys, isLoopback, setSafeHeaders } from './security.ts';

export interface ServeOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where the database's password may be. */
  readonly secrets?: Secrets | undefined;
  readonly signal: AbortSignal;
  /** The address to listen at; `port` 0 takes any free one. */
  readonly host: string;
  readonly port: number;
  /** What clients must know; needed where others than this machine can reach the server. */
  readonly token: string | undefined;
  /** Predictions that a client may ask for in a minute; 0 for any number. */
  readonly predictionsPerMinute: number;
  /** How models are run; in a process of their own unless told otherwise. */
  readonly makePool?: MakePool;
  /** What stands before the scoring process: batches of all that has arrived, unless a measurement compares them with none. */
  readonly makeQueue?: typeof predictQueue;
}

export interface RunningServer {
  readonly url: string;
  readonly predictor: Predictor;
  close(): Promise<void>;
}

/** Shorter ones can be guessed. */
const LEAST_TOKEN = 16;

/** Starts the dashboard. Errors: E_USAGE for an address that needs a token, or that is taken; those of opening
 * the database to read it. */
export async function startServer(options: ServeOptions): Promise<RunningServer> {
  const { config, clock, log, signal, host, port, token, predictionsPerMinute } = options;
  if (token === undefined && !isLoopback(host))
    throw new MonitorError('E_USAGE', `At ${host} others than this machine can reach the dashboard.`, {
      remedy: 'Set the environment variable MONITOR_TOKEN to a long secret; people sign in with it.',
    });
  if (token !== undefined && token.length < LEAST_TOKEN)
    throw new MonitorError('E_USAGE', `The token has fewer than ${LEAST_TOKEN} characters.`, {
      remedy: 'Make one with: openssl rand -hex 24',
    });
  const database = databaseReader(databaseOf(config, options.secrets));
  // What no page could be made from is told at once, to whoever starts it.
  await database.refresh();
  const predictor = predictorOf(config, database, { clock, signal }, options);
  const service = {
    config,
    clock,
    log,
    database,
    dayPosts: dayPostsCache(),
    predictor,
    forms: formKeys(),
  };
  const clientOf = (context: { readonly env: unknown }) =>
    getConnInfo(context as Parameters<typeof getConnInfo>[0]).remote.address ?? '';
  const app = dashboardApp({ service, token, predictionsPerMinute, clientOf });
  const { promise: listening, resolve, reject } = Promise.withResolvers<AddressInfo>();
  const server = serve({ fetch: app.fetch, hostname: host, port }, resolve);
  server.prependListener('request', (_incoming: unknown, outgoing: ServerResponse) => setSafeHeaders(outgoing));
  server.on('error', (cause: NodeJS.ErrnoException) =>
    reject(
      new MonitorError('E_USAGE', `The dashboard can't listen at ${host}, port ${port}: ${cause.message}`, {
        remedy: 'Choose another --port or --host.',
        cause,
      }),
    ),
  );
  const close = async (): Promise<void> => {
    await new Promise((done) => {
      server.close(done);
      if ('closeAllConnections' in server) server.closeAllConnections();
    });
    await predictor.close();
    await database.close();
  };
  try {
    const address = await listening;
    const name = host.includes(':') ? `[${host}]` : host;
    return { url: `http://${name}:${address.port}`, predictor, close };
  } catch (thrown) {
    await predictor.close();
    await database.close();
    throw thrown;
  }
}
