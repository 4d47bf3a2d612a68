import { existsSync } from 'node:fs';
import { reviveDead } from '../db/deliveries.ts';
import { openSqlite } from '../db/store.ts';
import { type Delivered, deliver, transportsOf } from '../src/alerts/stage.ts';
import { databasePath, type JobInput } from './session.ts';

/**
 * Sends what waits in the outbox and is due. Needs no lock of a run: one may be at work meanwhile. `again` also tries what was
 * given up. Errors: E_CONFIG when a secret is missing; those of opening the database.
 */
export async function deliverDue(
  input: Omit<JobInput, 'progress'>,
  secrets: (name: string) => string | undefined,
  { again = false }: { again?: boolean } = {},
): Promise<Delivered & { revived: number }> {
  const path = databasePath(input.config);
  if (!existsSync(path)) return { sent: [], failed: [], revived: 0 };
  const transports = transportsOf(input.config, secrets);
  const store = await openSqlite(path, { waitMs: input.waitMs });
  try {
    const revived = again ? await store.transaction((tx) => reviveDead(tx, input.clock())) : 0;
    return { ...(await deliver({ ...input, store }, transports)), revived };
  } finally {
    transports.close();
    await store.close();
  }
}
