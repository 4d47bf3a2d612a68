import Sqlite from 'better-sqlite3';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { nightly } from '../../jobs/nightly.ts';
import { parseDay } from '../../src/calendar.ts';
import { databaseOf, MORNING, troubleWorld } from '../jobs/trouble-world.ts';

const world = troubleWorld();

describe('a database that may not grow', () => {
  it.each([44, 50, 60, 70, 80, 95])(
    'beyond %i pages ends the run as a full disk, and the next one goes on',
    async (pages) => {
      const job = world.start();
      const limited = job.session(async (session) => {
        await sql.raw(`pragma max_page_count = ${pages}`).execute(session.store.read.db);
        return nightly(session, parseDay(MORNING) ?? 0, () => undefined);
      });
      await expect(limited).rejects.toMatchObject({ code: 'E_DISK_FULL', place: { file: databaseOf(job) } });
      await world.recovers(job);
    },
  );
});

describe('a database that another program takes', () => {
  it('in the middle of a night keeps what was done before', async () => {
    const job = world.start();
    const stopped = job.session(
      async (session) => {
        const run = nightly(session, parseDay(MORNING) ?? 0, () => undefined);
        const other = new Sqlite(databaseOf(job), { timeout: 5_000 });
        const files = other.prepare("select count(*) from files where state = 'read'").pluck();
        while (files.get() === 0) await new Promise((resolve) => setImmediate(resolve));
        other.exec('begin immediate');
        return run.finally(() => other.close());
      },
      { waitMs: 30 },
    );
    await expect(stopped).rejects.toMatchObject({ code: 'E_DATABASE_LOCKED' });
    expect(job.dump()['posts']).toHaveLength(600);
    await world.recovers(job);
  });
});
