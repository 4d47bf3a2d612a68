import type { Logger } from 'pino';
import type { Reader, Store } from '../db/store.ts';
import type { Config } from '../src/config/schema.ts';
import type { Clock } from '../src/context.ts';
import type { DatabaseReader } from './database.ts';
import type { dayPostsCache } from './day-posts.ts';
import type { Predictor } from './predictor.ts';
import { NotFound } from './refusal.ts';
import type { FormKeys } from './security.ts';

/** What pages and the API are made from. */
export interface Service {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
  readonly database: DatabaseReader;
  readonly dayPosts: ReturnType<typeof dayPostsCache>;
  readonly predictor: Predictor;
  readonly forms: FormKeys;
}

/** The database's store. Errors: NotFound while there is none. */
export function storeOf({ database }: Service): Store {
  const store = database.store();
  if (!store) throw new NotFound('There is no database yet. The first `monitor run` makes it.');
  return store;
}

/** Reads all of a page from the database of one moment. */
export function snapshot<T>(service: Service, work: (reader: Reader) => Promise<T>): Promise<T> {
  return storeOf(service).snapshot(work);
}
