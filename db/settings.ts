import { sql } from 'kysely';
import type { Reader, Tx } from './store.ts';

/** A setting's value, or undefined when it was never set. */
export async function setting(reader: Reader, key: string): Promise<string | undefined> {
  const row = await reader.db.selectFrom('settings').select('value').where('key', '=', key).executeTakeFirst();
  return row?.value;
}

export async function saveSetting(tx: Tx, key: string, value: string): Promise<void> {
  await tx.db
    .insertInto('settings')
    .values({ key, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute();
}

/** The number of the newest change to the data: a logical clock that ticks once a transaction that changes a day. */
export async function currentSeq(reader: Reader): Promise<number> {
  return Number((await setting(reader, 'data_seq')) ?? '0');
}

/** Ticks the logical clock. */
export async function nextSeq(tx: Tx): Promise<number> {
  await sql`
    insert into settings (key, value) values ('data_seq', '1')
    on conflict (key) do update set value = cast(cast(settings.value as bigint) + 1 as text)`.execute(tx.db);
  return currentSeq(tx);
}

export async function deleteSetting(tx: Tx, key: string): Promise<void> {
  await tx.db.deleteFrom('settings').where('key', '=', key).execute();
}
