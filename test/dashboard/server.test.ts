import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startServer } from '../../dashboard/server.ts';
import { databasePath } from '../../db/database.ts';
import { openSqlite } from '../../db/store.ts';
import { loadConfig } from '../../src/config/load.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-serve-'));
  writeFileSync(join(folder, 'monitor.yaml'), 'brands: { acme: { match: { any: [acme] } } }\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const start = () =>
  startServer({
    ...{ config: loadConfig(join(folder, 'monitor.yaml')), clock: Date.now, log: pino({ level: 'silent' }) },
    ...{ signal: new AbortController().signal, host: '127.0.0.1', port: 0, token: undefined, predictionsPerMinute: 0 },
  });

const path = () => databasePath(loadConfig(join(folder, 'monitor.yaml')));

/** A database as the version of the program before this one, or after it, left it. */
async function makeDatabase(change: string): Promise<void> {
  await (await openSqlite(path())).close();
  execute(change);
}

function execute(change: string): void {
  const sqlite = new Sqlite(path());
  sqlite.exec(change);
  sqlite.close();
}
const OLDER = 'delete from schema_version where version = (select max(version) from schema_version)';
const NEWER = 'insert into schema_version select max(version) + 1 from schema_version';

describe('a database of another schema', () => {
  it.each([
    [OLDER, { code: 'E_DATABASE', remedy: expect.stringContaining('monitor run') }],
    [NEWER, { code: 'E_DATABASE_NEWER', remedy: expect.stringContaining('newer version') }],
  ])('is refused at the start, with what to do', async (change, error) => {
    await makeDatabase(change);
    await expect(start()).rejects.toMatchObject(error);
  });

  it('that comes while the server is at work makes a page with what to do, until a run was there', async () => {
    const server = await start();
    try {
      const page = () => fetch(server.url, { headers: { accept: 'text/html' } });
      expect(await (await page()).text()).toContain('There is no database yet');
      await makeDatabase(OLDER);
      const refused = await page();
      expect(refused.status).toBe(503);
      expect(await refused.text()).toMatch(/The database has schema \d+; this program knows \d+\.[\s\S]*monitor run/);
      execute(NEWER);
      expect((await page()).status).toBe(200);
    } finally {
      await server.close();
    }
  });
});

it('the overview is made anew when another connection has written, and not before', async () => {
  await makeDatabase('select 1');
  const server = await start();
  try {
    const page = async () => (await fetch(server.url, { headers: { accept: 'text/html' } })).text();
    expect(await page()).toContain('The database has no figures yet');
    execute(`
      insert into networks (network_id, sha256, spec) values (1, 'n', '{}');
      insert into models (model_id, sha256, network_id, name, spec) values (1, 'm', 1, 'mine', '{}');
      insert into settings (key, value) values ('active_model', 'm');
      insert into brands (brand_id, slug, name) values (1, 'acme', 'Acme');
      insert into day_stats values (1, 1, 20000, 1, 2, 1, 1, 1000000, 1000000, 1000000, 2, '2', '1', '1', '1', '1', '[]', null)`);
    const made = await page();
    expect(made).toContain('4 Oct 2024');
    expect(await page()).toBe(made);
    execute(`update brands set name = 'Acme Air'`);
    expect(await page()).toContain('Acme Air');
  } finally {
    await server.close();
  }
});
