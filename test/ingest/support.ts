import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sql } from 'kysely';
import { pino } from 'pino';
import type { Store } from '../../db/store.ts';
import { zoneOf } from '../../src/calendar.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { Context } from '../../src/context.ts';
import { openOwn } from '../support/own-database.ts';

/** The first line of an export, and one that may follow. */
export const HEADER = 'created_at,text,user_id\n';
export const ROW = '2026-03-01T10:00:00Z,hello,anna\n';

/** An empty inbox and database of their own, and what tests do with them. */
export interface Intake {
  inbox: string;
  store: Store;
  /** Puts a file into the inbox and returns its path. */
  put(name: string, content: string | Uint8Array): string;
  context(config?: Record<string, unknown>, over?: Partial<Context>): Context;
  /** The posts of a source, in the order in which they were stored. */
  posts(source: string): Promise<{ at: string; user: string | null; text: string; original: string; key: string }[]>;
  close(): Promise<void>;
}

export const NOW_MS = Date.UTC(2026, 5, 1);

export async function openIntake(): Promise<Intake> {
  const root = mkdtempSync(join(tmpdir(), 'monitor-intake-'));
  const inbox = join(root, 'inbox');
  mkdirSync(inbox);
  const store = await openOwn(root);
  return {
    inbox,
    store,
    put: (name, content) => {
      const path = join(inbox, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
      return path;
    },
    context: (settings = {}, over = {}) => {
      const config = configSchema.parse({ inbox, ...settings });
      return {
        ...{ store, config, zone: zoneOf(config.time_zone), clock: () => NOW_MS },
        signal: new AbortController().signal,
        progress: { start: () => {}, advance: () => {}, finish: () => {} },
        log: pino({ level: 'silent' }),
        ...over,
      };
    },
    posts: async (source) => {
      const rows = await store.read.db
        .selectFrom('posts as p')
        .innerJoin('sources as s', 's.source_id', 'p.source_id')
        .innerJoin('texts as t', 't.text_id', 'p.text_id')
        .select(['p.at_ms', 'p.user_id', 'p.key', 't.body', 't.original'])
        .where('s.name', '=', source)
        .orderBy('p.post_id')
        .execute();
      return rows.map((row) => ({
        ...{ at: new Date(row.at_ms).toISOString(), user: row.user_id, key: row.key },
        ...{ text: row.body, original: row.original ?? row.body },
      }));
    },
    close: async () => {
      await store.close();
      rmSync(root, { recursive: true });
    },
  };
}

const TABLES = [
  ...['sources', 'files', 'rejects', 'texts', 'posts'],
  ...['brands', 'post_brands', 'scores', 'dirty_days', 'settings'],
];

/** Every row of every table that ingest writes or changes. */
export async function dump(store: Store): Promise<Record<string, unknown[]>> {
  const tables: Record<string, unknown[]> = {};
  for (const table of TABLES)
    tables[table] = (await sql`select * from ${sql.table(table)} order by 1, 2`.execute(store.read.db)).rows;
  return tables;
}
