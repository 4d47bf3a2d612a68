/** Sends what waits in a database, given as the settings' JSON and the time, until its end or until it is killed. */
import { pino } from 'pino';
import { deliverDue } from '../../jobs/deliver.ts';
import { type Config, configSchema } from '../../src/config/schema.ts';

const [settings = '{}', now = '0'] = process.argv.slice(2);
await deliverDue(
  {
    config: configSchema.parse(JSON.parse(settings)) as Config,
    ...{ clock: () => Number(now), signal: new AbortController().signal, log: pino({ level: 'silent' }) },
  },
  () => undefined,
);
