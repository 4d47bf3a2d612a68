import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import Papa from 'papaparse';
import { afterEach, describe, expect, it } from 'vitest';
import type { Store } from '../../db/store.ts';
import type { Context } from '../../src/context.ts';
import { MonitorError } from '../../src/errors.ts';
import { ingest } from '../../src/ingest/stage.ts';
import { dump, type Intake, openIntake } from './support.ts';

const BRANDS = {
  spotify: { name: 'Spotify', match: { any: ['spotify', '@spotifycares'] } },
  acme: { name: 'Acme', match: { any: ['acme'] } },
  bolt: { match: { any: ['bolt'] } },
};

const opened: Intake[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

async function open(): Promise<Intake> {
  const each = await openIntake();
  opened.push(each);
  return each;
}

/** A store that stops the run after so many transactions, as a kill between two of them would. */
function stoppedAfter(store: Store, transactions: number, stop: AbortController): Store {
  let left = transactions;
  return {
    ...store,
    transaction: async (work) => {
      const done = await store.transaction(work);
      left -= 1;
      if (left === 0) stop.abort();
      return done;
    },
  };
}

describe('ingest that is interrupted', () => {
  it('goes on where it stopped and ends the same', async () => {
    const brands = ['Spotify', 'Other', 'OTHER', 'other', '', 'AT&T'];
    const line = (n: number): string =>
      n % 97 === 0
        ? `never,"row ${n}`
        : `2026-03-0${1 + (n % 9)} 10:00:00,"text ${n % 500} of\n${'a'.repeat(50)} acme ${n % 7}",${n % 3 === 0 ? `user${n % 50}` : ''},${brands[n % 6]}`;
    const lines = Array.from({ length: 18_000 }, (_, n) => line(n)).join('\n');
    const content = `created_at,text,user_id,brand\n${lines}\n`;
    const { store, put, context: contextOf } = await open();
    const context = (over: Partial<Context>) => contextOf({ brands: BRANDS, time_zone: 'Europe/Berlin' }, over);
    put('a.csv', content);
    put('b/b.csv.gz', gzipSync(`${content}2026-03-09,last,,\n`));

    const undisturbed = (await open()).store;
    const whole = await ingest(context({ store: undisturbed }));
    expect(whole.rows).toBe(36_001);
    expect(whole.stored + whole.duplicates + whole.rejected).toBe(whole.rows);

    let stops = 0;
    const sum = { rows: 0, stored: 0, duplicates: 0, rejected: 0 };
    for (let batches = 0; ; batches = (batches + 1) % 3) {
      const stop = new AbortController();
      try {
        const rest = await ingest(context({ store: stoppedAfter(store, batches + 1, stop), signal: stop.signal }));
        if (rest.unchanged === 2) break;
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(MonitorError);
        expect(thrown).toMatchObject({ code: 'E_INTERRUPTED' });
        stops += 1;
      }
    }
    expect(stops).toBeGreaterThan(4);
    expect(await dump(store)).toEqual(await dump(undisturbed));
    for (const file of (await dump(store))['files'] as (typeof sum)[]) {
      expect(file.stored + file.duplicates + file.rejected).toBe(file.rows);
      sum.rows += file.rows;
    }
    expect(sum.rows).toBe(whole.rows);
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
          const [undisturbed, stopped] = [await openIntake(), await openIntake()];
          const context = (over: Partial<Context>) => undisturbed.context({ brands: BRANDS }, over);
          for (const [index, rows] of files.entries()) {
            const cells = rows.map(({ id, day, text, user }) => [id, `2026-03-0${day}`, text, user]);
            undisturbed.put(`${index}.csv`, Papa.unparse([['id', 'created_at', 'text', 'user_id'], ...cells]));
          }
          const whole = await ingest(context({}));
          expect(whole.stored + whole.duplicates + whole.rejected).toBe(whole.rows);
          for (const stop of stops) {
            const abort = new AbortController();
            await ingest(context({ store: stoppedAfter(stopped.store, stop + 1, abort), signal: abort.signal })).catch(
              (thrown) => expect(thrown).toBeInstanceOf(MonitorError),
            );
          }
          await ingest(context({ store: stopped.store }));
          expect(await dump(stopped.store)).toEqual(await dump(undisturbed.store));
          const { texts, posts } = await dump(stopped.store);
          const used = new Set((posts as { text_id: number }[]).map(({ text_id }) => text_id));
          expect(texts).toHaveLength(used.size);
          for (const each of [undisturbed, stopped]) await each.close();
        },
      ),
      { numRuns: 25 },
    );
  });
});
