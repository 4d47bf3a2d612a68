import Sqlite from 'better-sqlite3';
import type { CompiledQuery, KyselyPlugin } from 'kysely';
import type { Reader, Store } from '../../db/store.ts';

/** A store on SQLite that keeps the statements which reads through it run. */
export function recordedStore(store: Store): { store: Store; statements: CompiledQuery[] } {
  const statements: CompiledQuery[] = [];
  const recorded = (reader: Reader): Reader => {
    const plugin: KyselyPlugin = {
      transformQuery: ({ node, queryId }) => {
        statements.push(reader.db.getExecutor().compileQuery(node, queryId));
        return node;
      },
      transformResult: async ({ result }) => result,
    };
    return { ...reader, db: reader.db.withPlugin(plugin) };
  };
  const snapshot: Store['snapshot'] = (work) => store.snapshot((reader) => work(recorded(reader)));
  return { statements, store: { ...store, read: recorded(store.read), snapshot } };
}

/** How SQLite would go through its tables, a line a table: `SCAN` is from end to end. */
export function plansOf(file: string, statements: readonly CompiledQuery[]): { sql: string; plan: string[] }[] {
  const sqlite = new Sqlite(file, { readonly: true });
  try {
    return statements.map(({ sql, parameters }) => {
      const rows = sqlite.prepare(`explain query plan ${sql}`).all(...parameters) as { detail: string }[];
      return { sql, plan: rows.map(({ detail }) => detail) };
    });
  } finally {
    sqlite.close();
  }
}
