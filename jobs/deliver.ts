import { databaseOf } from '../db/database.ts';
import { reviveDead } from '../db/deliveries.ts';
import { type Delivered, deliver, transportsOf } from '../src/alerts/stage.ts';
import type { JobInput } from './session.ts';

/**
 * Sends what waits in the outbox and is due. Needs no lock of a run: one may be at work meanwhile. `again` also tries what was
 * given up. Errors: E_CONFIG when a secret is missing; those of opening the database.
 */
export async function deliverDue(
  input: Omit<JobInput, 'progress'>,
  secrets: (name: string) => string | undefined,
  { again = false }: { again?: boolean } = {},
): Promise<Delivered & { revived: number }> {
  const database = databaseOf(input.config, secrets);
  if (!(await database.exists())) return { sent: [], failed: [], revived: 0 };
  const transports = transportsOf(input.config, secrets);
  const store = await database.open({ waitMs: input.waitMs });
  try {
    const revived = again ? await store.transaction((tx) => reviveDead(tx, input.clock())) : 0;
    return { ...(await deliver({ ...input, store }, transports)), revived };
  } finally {
    transports.close();
    await store.close();
  }
}
