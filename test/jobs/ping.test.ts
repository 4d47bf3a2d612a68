import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pingAfter } from '../../jobs/ping.ts';
import { configSchema } from '../../src/config/schema.ts';
import { MonitorError } from '../../src/errors.ts';

let server: Server;
let asked: string[];
let status: number | undefined;
let url: string;
let logged: string;

beforeEach(async () => {
  asked = [];
  status = 200;
  logged = '';
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    // Without a status it never answers.
    if (status !== undefined) response.writeHead(status).end('OK');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret-check?rid=1`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const night = (outcome: 'ok' | 'rejected_input' | 'mail_failed') => async () => ({ outcome });
const failing = (code: 'E_DISK_FULL' | 'E_BUSY' | 'E_INTERRUPTED') => async () => {
  throw new MonitorError(code, 'it failed', { remedy: '' });
};

function pinged<Run extends { outcome: 'ok' | 'rejected_input' | 'mail_failed' }>(work: () => Promise<Run>, to = url) {
  const log = pino(
    {},
    {
      write: (line: string) => {
        logged += line;
      },
    },
  );
  return pingAfter({ config: configSchema.parse({ ping_url: to }), log }, work, 300);
}

describe('the ping', () => {
  it('goes out after a night that came to its end, and as a failure after one that did not', async () => {
    await pinged(night('ok'));
    await pinged(night('rejected_input'));
    await pinged(night('mail_failed'));
    await expect(pinged(failing('E_DISK_FULL'))).rejects.toThrow('it failed');
    const [good, bad] = ['/secret-check?rid=1', '/secret-check/fail?rid=1'];
    expect(asked).toEqual([good, good, bad, bad]);
    expect(logged).toBe('');
  });

  it('says nothing of a night that was stopped or that another run is doing', async () => {
    await expect(pinged(failing('E_BUSY'))).rejects.toThrow();
    await expect(pinged(failing('E_INTERRUPTED'))).rejects.toThrow();
    expect(asked).toEqual([]);
  });

  it('that fails is logged without its secret and changes nothing', async () => {
    status = 500;
    expect(await pinged(night('ok'))).toEqual({ outcome: 'ok' });
    expect(logged).toContain('"status":500');
    status = undefined;
    expect(await pinged(night('ok'))).toEqual({ outcome: 'ok' });
    expect(await pinged(night('ok'), 'http://127.0.0.1:1/secret-check')).toEqual({ outcome: 'ok' });
    await expect(pinged(failing('E_DISK_FULL'), 'http://127.0.0.1:1/secret-check')).rejects.toThrow('it failed');
    expect(logged.match(/could not be reached/g)).toHaveLength(3);
    expect(logged).not.toContain('secret-check');
  });

  it('is not sent without an address, and the address must be one of the web', async () => {
    const log = pino({ level: 'silent' });
    expect(await pingAfter({ config: configSchema.parse({}), log }, night('ok'))).toEqual({ outcome: 'ok' });
    expect(configSchema.safeParse({ ping_url: 'file:///etc/passwd' }).success).toBe(false);
    expect(configSchema.safeParse({ ping_url: 'healthchecks' }).success).toBe(false);
  });
});
