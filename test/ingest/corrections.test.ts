import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { sql } from 'kysely';
import Papa from 'papaparse';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clearDirty, dirtyDays } from '../../db/dirty-days.ts';
import { registerModel } from '../../db/networks.ts';
import { saveScores } from '../../db/scores.ts';
import type { Store } from '../../db/store.ts';
import { textsWithoutScore } from '../../db/texts.ts';
import { parseDay, zoneOf } from '../../src/calendar.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { Context } from '../../src/context.ts';
import { MonitorError } from '../../src/errors.ts';
import { ingest } from '../../src/ingest/stage.ts';
import { openOwn } from '../support/own-database.ts';

let root: string;
const opened: Store[] = [];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'corrections-'));
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  rmSync(root, { recursive: true });
});

let made = 0;
async function openNew(): Promise<Store> {
  made += 1;
  const store = await openOwn(join(root, String(made)));
  opened.push(store);
  return store;
}

function contextOf(store: Store, inbox: string, signal = new AbortController().signal): Context {
  return {
    ...{ store, signal, zone: zoneOf('UTC'), clock: () => Date.UTC(2026, 2, 10) },
    config: configSchema.parse({
      inbox,
      brands: { acme: { match: { any: ['acme'] } }, bolt: { match: { any: ['bolt'] } } },
    }),
    progress: { start: () => {}, advance: () => {}, finish: () => {} },
    log: pino({ level: 'silent' }),
  };
}

const TABLES = ['files', 'rejects', 'texts', 'posts', 'post_brands', 'scores', 'dirty_days', 'settings'];

async function dump(store: Store): Promise<Record<string, unknown[]>> {
  const tables: Record<string, unknown[]> = {};
  for (const table of TABLES)
    tables[table] = (await sql`select * from ${sql.table(table)} order by 1, 2`.execute(store.read.db)).rows;
  return tables;
}

describe('a corrected post', () => {
  it('has its new text, day and user; the old text, its score and its brand are gone, and both days are due', async () => {
    const store = await openNew();
    const inbox = join(root, 'inbox');
    mkdirSync(inbox);
    const { networkId } = await store.transaction((tx) =>
      registerModel(tx, { name: 'm', networkSha256: 'n', networkSpec: '{}', modelSha256: 'm', modelSpec: '{}' }),
    );
    writeFileSync(
      join(inbox, 'a.csv'),
      'id,created_at,text,user_id\n1,2026-03-01,acme is bad,anna\n2,2026-03-01,shared,bert\n3,2026-03-01,shared,carl\n',
    );
    await ingest(contextOf(store, inbox));
    const texts = await textsWithoutScore(store.read, networkId, 0, 9);
    await store.transaction((tx) =>
      saveScores(
        tx,
        networkId,
        texts.map(({ text_id }) => ({ textId: text_id, pNegative: 0.9, pPositive: 0.1 })),
      ),
    );
    for (const day of await dirtyDays(store.read)) await store.transaction((tx) => clearDirty(tx, day));

    writeFileSync(
      join(inbox, 'b.csv'),
      'id,created_at,text,user_id\n1,2026-03-02,bolt is good,anna maria\n2,2026-03-01,other,bert\n3,2026-03-01,shared,\n',
    );
    expect(await ingest(contextOf(store, inbox))).toMatchObject({ rows: 3, stored: 0, duplicates: 3, updated: 2 });
    const { posts, scores, files } = await dump(store);
    expect(posts).toMatchObject([
      { key: 'id:1', day: parseDay('2026-03-02'), user_id: 'anna maria' },
      { key: 'id:2', user_id: 'bert' },
      { key: 'id:3', user_id: 'carl' },
    ]);
    expect(files?.[1]).toMatchObject({ rows: 3, stored: 0, duplicates: 3, updated: 2, rejected: 0 });
    const bodies = await store.read.db.selectFrom('texts').select('body').orderBy('text_id').execute();
    expect(bodies.map(({ body }) => body).sort()).toEqual(['bolt is good', 'other', 'shared']);
    // Only the text that is still used has kept its score.
    expect(scores).toHaveLength(1);
    const due = (await dirtyDays(store.read)).map(({ day }) => day);
    expect(due).toEqual([parseDay('2026-03-01'), parseDay('2026-03-02')]);
    const before = await dump(store);
    expect(await ingest(contextOf(store, inbox))).toMatchObject({ unchanged: 2, updated: 0 });
    expect(await dump(store)).toEqual(before);
  });
});

describe('files with corrections', () => {
  it('end the same whenever reading is stopped', async () => {
    const row = fc.record({
      id: fc.integer({ min: 1, max: 6 }),
      day: fc.integer({ min: 1, max: 3 }),
      text: fc.constantFrom('acme', 'bolt', 'acme and bolt', 'nothing', ''),
      user: fc.constantFrom('anna', 'bert', ''),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(row, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 4 }),
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 }),
        async (files, stops) => {
          made += 1;
          const inbox = join(root, `inbox-${made}`);
          mkdirSync(inbox);
          for (const [index, rows] of files.entries()) {
            const cells = rows.map(({ id, day, text, user }) => [id, `2026-03-0${day}`, text, user]);
            writeFileSync(
              join(inbox, `${index}.csv`),
              Papa.unparse([['id', 'created_at', 'text', 'user_id'], ...cells]),
            );
          }
          const [undisturbed, stopped] = [await openNew(), await openNew()];
          const whole = await ingest(contextOf(undisturbed, inbox));
          expect(whole.stored + whole.duplicates + whole.rejected).toBe(whole.rows);
          for (const stop of stops) {
            const abort = new AbortController();
            let left = stop;
            const counting: Store = {
              ...stopped,
              transaction: async (work) => {
                const done = await stopped.transaction(work);
                if (left-- === 0) abort.abort();
                return done;
              },
            };
            await ingest(contextOf(counting, inbox, abort.signal)).catch((thrown) =>
              expect(thrown).toBeInstanceOf(MonitorError),
            );
          }
          await ingest(contextOf(stopped, inbox));
          expect(await dump(stopped)).toEqual(await dump(undisturbed));
          const { texts, posts } = await dump(stopped);
          const used = new Set((posts as { text_id: number }[]).map(({ text_id }) => text_id));
          expect(texts).toHaveLength(used.size);
        },
      ),
      { numRuns: 25 },
    );
  });
});
