import { statSync } from 'node:fs';
import { openReadOnly } from '../db/read-only.ts';
import type { Store } from '../db/store.ts';

/** The database as pages read it. */
export interface DatabaseReader {
  /** Opened when it is first asked for; undefined while there is none. Errors: those of opening a database to read it. */
  store(): Store | undefined;
  close(): Promise<void>;
}

/**
 * Keeps the database open for reading, and opens it anew when another file takes its place: after a restore, say. Runs go on
 * writing meanwhile.
 */
export function databaseReader(path: string): DatabaseReader {
  let open: { store: Store; file: string } | undefined;
  return {
    store: () => {
      const file = identityOf(path);
      if (open && open.file !== file) {
        // Not waited for: who reads from it ends first.
        void open.store.close();
        open = undefined;
      }
      if (!open && file !== undefined) {
        const store = openReadOnly(path);
        if (store) open = { store, file };
      }
      return open?.store;
    },
    close: async () => {
      await open?.store.close();
      open = undefined;
    },
  };
}

function identityOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && `${found.dev}/${found.ino}`;
}
