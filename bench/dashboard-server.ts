// The server that bench/dashboard.ts and bench/predict.ts ask, in a process of its own, so that its memory and processor time
// are told apart.
import { pino } from 'pino';
import type { QueueCounts } from '../dashboard/predict-queue.ts';
import { startServer } from '../dashboard/server.ts';
import { loadConfig } from '../src/config/load.ts';

/** What the server has used so far, and what it did with predictions. */
export interface ServerUse extends QueueCounts {
  readonly cpuMs: number;
  readonly rssMb: number;
}

const [configFile = '', mode] = process.argv.slice(2);
const server = await startServer({
  ...{ config: loadConfig(configFile), clock: Date.now, log: pino({ level: 'silent' }) },
  ...{ signal: new AbortController().signal, host: '127.0.0.1', port: 0, token: undefined, predictionsPerMinute: 0 },
  // Straight to the process that scores.
  ...(mode === 'unbatched' ? { makeQueue: ({ score }, signal) => ({ score: (texts) => score(texts, signal) }) } : {}),
});
process.on('message', (message) => {
  if (message === 'stop') return void server.close().then(() => process.disconnect());
  const { user, system } = process.cpuUsage();
  const use: ServerUse = {
    ...{ cpuMs: (user + system) / 1e3, rssMb: process.memoryUsage.rss() / 1e6 },
    ...server.predictor.counts(),
  };
  process.send?.(use);
});
process.send?.(server.url);
