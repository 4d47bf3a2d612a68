import { statSync } from 'node:fs';
import type { Database } from '../db/database.ts';
import type { Store } from '../db/store.ts';

/** The database as pages read it. */
export interface DatabaseReader {
  readonly database: Database;
  /** Looks whether there is one, and whether it is still the same: before each request. Errors: those of opening it to read. */
  refresh(): Promise<void>;
  /** What the last look found; undefined while there is none. */
  store(): Store | undefined;
  close(): Promise<void>;
}

/**
 * Keeps the database open for reading, and opens it anew when another file takes its place: after a restore, say. Runs go on
 * writing meanwhile.
 */
export function databaseReader(database: Database): DatabaseReader {
  let open: { store: Store; identity: string } | undefined;
  let opening: Promise<void> | undefined;
  const look = async (): Promise<void> => {
    const identity = identityOf(database.file);
    if (open && open.identity !== identity) {
      // Not waited for: who reads from it ends first.
      void open.store.close();
      open = undefined;
    }
    if (open || identity === undefined) return;
    const store = await database.openReadOnly();
    if (store) open = { store, identity };
  };
  return {
    database,
    // Requests that come at once wait for one look.
    refresh: () => {
      opening ??= look().finally(() => {
        opening = undefined;
      });
      return opening;
    },
    store: () => open?.store,
    close: async () => {
      await open?.store.close();
      open = undefined;
    },
  };
}

/** Which file it is; undefined while there is none. A server's database stays the same. */
function identityOf(file: string | undefined): string | undefined {
  if (file === undefined) return 'server';
  const found = statSync(file, { throwIfNoEntry: false });
  return found && `${found.dev}/${found.ino}`;
}
