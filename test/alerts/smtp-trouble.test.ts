import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nextAttempt } from '../../src/alerts/backoff.ts';
import { type MailServer, openMailServer, type Step, type Trouble } from './mail-server.ts';
import { type OutboxWorld, openOutboxWorld } from './outbox-world.ts';

const HOUR = 3_600_000;

let server: MailServer;
let world: OutboxWorld;
beforeEach(async () => {
  server = await openMailServer();
  world = await openOutboxWorld({ port: server.port });
});
afterEach(async () => {
  await world.close();
  await server.close();
});

/** Runs every six hours until the outbox is empty. */
async function sendAll(): Promise<number> {
  for (let run = 1; run <= 30; run += 1) {
    await world.send();
    if ((await world.state()).waiting === 0) return run;
    world.now += 6 * HOUR;
  }
  throw new Error('the outbox is still not empty');
}

const counts = () => [...server.copies.values()];

describe('a mail server that', () => {
  it.each<[string, Step, Trouble[]]>([
    ['refuses the connection', 'connect', [{ code: 421 }, { code: 421 }]],
    ['refuses the sender', 'sender', [{ code: 451 }]],
    ['greylists every recipient', 'recipient', [{ code: 450 }, { code: 450 }]],
    ['greylists the first recipient', 'recipient', [{ code: 450 }]],
    ['refuses the mail for now', 'data', [{ code: 451 }, { code: 452 }]],
    ['refuses the mail for good and then takes it', 'data', [{ code: 554 }]],
    ['says nothing when it is connected', 'connect', ['silence']],
    ['says nothing after DATA', 'data', ['silence']],
    ['drops the connection before the mail', 'sender', ['drop']],
    ['drops the connection after DATA', 'data', ['drop', 'drop']],
  ])('%s gets every mail once', async (_, step, troubles) => {
    server.troubles[step] = [...troubles];
    const ids = [await world.queue('one'), await world.queue('two'), await world.queue('three')];
    expect((await world.send()).failed.length).toBeGreaterThan(0);
    world.now += 6 * HOUR;
    await sendAll();
    const whole = [...server.copies.keys()].sort();
    expect(whole).toEqual([...ids].sort());
    // One recipient had it at once, the other with a copy of its own.
    const expected = troubles.length === 1 && step === 'recipient' ? [2, 1, 1] : [1, 1, 1];
    expect(counts()).toEqual(expected);
  });

  it.each<Trouble>(['drop', 'silence'])(
    'accepts a mail and whose answer is lost (%s) gets one more copy of it',
    async (trouble) => {
      server.troubles.accepted = [trouble];
      const first = await world.queue('one');
      await world.queue('two');
      await world.send();
      world.now += 6 * HOUR;
      await sendAll();
      expect(Object.fromEntries(server.copies)).toMatchObject({ [first]: 2 });
      expect(counts()).toEqual([2, 1]);
    },
  );

  it('is down for three nights gets every mail in the fourth', async () => {
    const { port } = server;
    await server.close();
    await world.queue('one');
    await world.queue('two');
    for (let night = 1; night <= 3; night += 1) {
      // The second mail is not even tried: the server is not there.
      expect((await world.send()).failed).toMatchObject([{ attempts: night }]);
      world.now += 24 * HOUR;
    }
    server = await openMailServer(port);
    expect((await world.send()).sent).toHaveLength(2);
    expect(counts()).toEqual([1, 1]);
  });

  it('stays away for four days finds a dead letter, which can be tried once more', async () => {
    server.troubles.data = Array.from({ length: 100 }, () => ({ code: 550 }));
    await world.queue('one');
    for (let run = 0; run < 40 && (await world.state()).dead === 0; run += 1) {
      await world.send();
      world.now += 6 * HOUR;
    }
    expect(await world.state()).toMatchObject({ waiting: 0, dead: 1, lastError: expect.stringContaining('550') });
    expect(await world.send()).toEqual({ sent: [], failed: [] });
  });
});

describe('a process that is killed', { timeout: 120_000 }, () => {
  it('when its mail was accepted, before the answer, sends a second copy', async () => {
    server.troubles.accepted = ['silence'];
    await world.queue('one');
    await world.sendAndKill(server, 'accepted');
    server.onStep = () => undefined;
    expect((await world.send()).sent).toHaveLength(1);
    expect(counts()).toEqual([2]);
  });
});

describe('two programs at once', () => {
  it('send every mail once', async () => {
    for (const key of ['one', 'two', 'three']) await world.queue(key);
    await Promise.all([world.send(), world.send()]);
    expect((await world.state()).waiting).toBe(0);
    expect(counts()).toEqual([1, 1, 1]);
  });
});

describe('a connection', () => {
  it('is one for many mails', async () => {
    let connections = 0;
    server.onStep = (step) => {
      if (step === 'connect') connections += 1;
    };
    for (let index = 0; index < 10; index += 1) await world.queue(`mail ${index}`);
    expect((await world.send()).sent).toHaveLength(10);
    expect(connections).toBe(1);
  });

  it('to a server that never greets ends', async () => {
    const mute = createServer(() => undefined);
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const port = (mute.address() as { port: number }).port;
    const other = await openOutboxWorld({ port });
    await other.queue('one');
    expect((await other.send()).failed).toMatchObject([{ error: expect.stringMatching(/greeting|timeout/i) }]);
    await other.close();
    mute.close();
  });
});

describe('the wait before the next attempt', () => {
  const message = { key: 'acme-air:mean_pos:1', createdMs: 0 };
  it('doubles up to six hours, is shortened by up to a half, the same each time, other for other messages', () => {
    for (let attempt = 1; attempt <= 12; attempt += 1) {
      const full = Math.min(6 * HOUR, 60_000 * 2 ** (attempt - 1));
      const wait = nextAttempt(message, attempt, 0) ?? 0;
      expect(wait).toBeGreaterThanOrEqual(full / 2);
      expect(wait).toBeLessThanOrEqual(full);
      expect(nextAttempt(message, attempt, 0)).toBe(wait);
    }
    expect(nextAttempt({ ...message, key: 'other' }, 5, 0)).not.toBe(nextAttempt(message, 5, 0));
    expect(nextAttempt(message, 5, 96 * HOUR)).toBeNull();
  });
});
