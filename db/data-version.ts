import { sql } from 'kysely';
import type { Reader } from './store.ts';

/**
 * A text that is another one once anything was written to the database by others: as long as it is the same, so is what is read
 * over this connection. What a snapshot of PostgreSQL can see is told by its transactions.
 */
export async function dataVersion({ db, dialect }: Reader): Promise<string> {
  const { rows } =
    dialect === 'sqlite'
      ? await sql<{ version: number }>`select data_version as version from pragma_data_version`.execute(db)
      : await sql<{ version: string }>`select pg_current_snapshot()::text as version`.execute(db);
  return String(rows[0]?.version);
}
