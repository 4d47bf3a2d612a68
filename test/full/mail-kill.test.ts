import { describe, expect, it } from 'vitest';
import { openMailServer, STEPS } from '../alerts/mail-server.ts';
import { openOutboxWorld } from '../alerts/outbox-world.ts';

/** The long form of what test/alerts/smtp-trouble.test.ts does at one step. */
describe('a process that sends three mails and is killed', { timeout: 600_000 }, () => {
  it.each([...STEPS, 'answered' as const])(
    'at the step %s: each arrives, a second copy only of one that was accepted',
    async (step) => {
      const server = await openMailServer();
      const world = await openOutboxWorld({ port: server.port });
      // A server that has the whole mail would accept it, and a second copy would be right.
      if (step === 'data') server.troubles.data = ['silence'];
      try {
        const ids = [await world.queue('one'), await world.queue('two'), await world.queue('three')];
        await world.sendAndKill(server, step);
        server.onStep = () => undefined;
        await world.send();
        expect([...server.copies.keys()].sort()).toEqual([...ids].sort());
        const [first = 0, ...others] = [...server.copies.values()];
        expect(first).toBeLessThanOrEqual(['accepted', 'answered'].includes(step) ? 2 : 1);
        expect(others.every((count) => count <= 1)).toBe(true);
        expect((await world.state()).waiting).toBe(0);
      } finally {
        await world.close();
        await server.close();
      }
    },
  );
});
