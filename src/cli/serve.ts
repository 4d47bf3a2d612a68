import { once } from 'node:events';
import type { Command } from 'commander';
import { startServer } from '../../dashboard/server.ts';
import { type CommonOptions, databaseCommand, jobInputOf, type SetExitCode, secrets } from './environment.ts';
import { wholeNumber } from './option-values.ts';

interface ServeFlags extends CommonOptions {
  host: string;
  port: number;
  predictions: number;
}

/** The environment variable with the token that clients must know. */
const TOKEN = 'MONITOR_TOKEN';

export function serveCommand(_setExitCode: SetExitCode): Command {
  return databaseCommand('serve', 'show brands, posts, alerts, runs and models in the browser, with an HTTP API', [
    'monitor serve                                  http://127.0.0.1:8787, for this machine alone',
    'MONITOR_TOKEN=… monitor serve --host 0.0.0.0   for others too: they sign in with the token',
  ])
    .option(
      '--host <address>',
      'where to listen; others than this machine need the token of MONITOR_TOKEN',
      '127.0.0.1',
    )
    .option('--port <number>', 'the port', wholeNumber(0, 65_535), 8787)
    .option(
      '--predictions <n>',
      'predictions that a client may ask for in a minute; 0 for any number',
      wholeNumber(0, 1_000_000),
      600,
    )
    .action(async ({ host, port, predictions, ...options }: ServeFlags) => {
      const { config, clock, log, signal } = jobInputOf(options);
      const token = secrets(TOKEN) || undefined;
      const server = await startServer({
        ...{ config, clock, log, secrets, signal, host, port, token },
        predictionsPerMinute: predictions,
      });
      log.info({ url: server.url, token: token !== undefined }, 'the dashboard is at work; Ctrl-C ends it');
      if (!signal.aborted) await once(signal, 'abort');
      await server.close();
    });
}
