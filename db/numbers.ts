import { sql } from 'kysely';
import type { Tx } from './store.ts';

/** New rows of a table are numbered on from those that it has; a column that is not numbered by the server is left alone. */
export async function numberOn(tx: Tx, table: string, column: string): Promise<void> {
  const { rows } = await sql<{ sequence: string | null }>`
    select pg_get_serial_sequence(${table}, ${column}) as sequence`.execute(tx.db);
  const sequence = rows[0]?.sequence;
  if (typeof sequence !== 'string') return;
  await sql`
    select setval(${sequence}::regclass, coalesce(max(${sql.ref(column)}), 0) + 1, false) from ${sql.table(table)}`.execute(
    tx.db,
  );
}

/**
 * Posts and texts are numbered without gaps on PostgreSQL, too, where a transaction that was cut off has used up numbers: so a run
 * that is done again ends with the same rows and pages. Only for the holder of the run's lock, who alone adds any.
 */
export async function numberPostsOn(tx: Tx): Promise<void> {
  if (tx.dialect === 'sqlite') return;
  await numberOn(tx, 'texts', 'text_id');
  await numberOn(tx, 'posts', 'post_id');
}
