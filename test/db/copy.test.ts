import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copyDatabase } from '../../db/copy.ts';
import { databaseOf, databasePath } from '../../db/database.ts';
import { openConnection } from '../../db/sqlite.ts';
import { verify } from '../../jobs/verify.ts';
import { loadConfig } from '../../src/config/load.ts';
import { figuresOf } from '../support/figures.ts';
import { inProcessPool } from '../support/in-process-pool.ts';
import { makeJobFolder } from '../support/job.ts';
import { runSql } from '../support/postgres.ts';
import { makeDatabase, noPostgres } from '../support/postgres-database.ts';
import { silentProgress } from '../support/silent.ts';
import { makeTinyModel } from '../support/tiny-model.ts';
import { inventedExport } from '../support/worlds.ts';

const watching = (onRows: () => void = () => {}, signal = new AbortController().signal) => ({
  ...{ signal, start: () => undefined, advance: onRows },
});

describe.skipIf(noPostgres)('copying a database to a server', () => {
  it('goes on where it was cut off, ends with the same rows, and the server goes on from there', async () => {
    const models = mkdtempSync(join(tmpdir(), 'monitor-model-'));
    const model = await makeTinyModel(models);
    const pool = await inProcessPool(model);
    const settings = { model: { use: model }, brands: { acme: {}, pellimo: {} } };
    const lite = makeJobFolder(settings, pool);
    lite.drop('posts.csv', inventedExport(600, { days: 4 }));
    lite.drop(
      'bad.csv',
      'created_at,text\nnever,"a ☕️ \\ ""quoted"" row"\n2026-03-02,"naïve ☕️ \\ {a,b} ""NULL"" NULL"\n',
    );
    await lite.nightly('2026-03-05');
    const source = openConnection(databasePath(loadConfig(lite.configFile)));
    const { url, drop } = await makeDatabase();
    const target = await databaseOf({ data_dir: '', database: { url } }).open();

    const stop = new AbortController();
    let parts = 0;
    const cutOff = copyDatabase(
      source,
      target,
      watching(() => ++parts === 4 && stop.abort(), stop.signal),
    );
    await expect(cutOff).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
    const server = makeJobFolder({ ...settings, database: url }, pool);
    await expect(server.nightly('2026-03-05')).rejects.toThrow('half of a copy');

    const copied = await copyDatabase(source, target, watching());
    expect(copied.find(({ table }) => table === 'posts')).toMatchObject({ rows: 601 });
    const expected = await lite.session(({ store }) => figuresOf(store.read));
    expect(await figuresOf(target.read)).toEqual(expected);
    const checks = await verify(target, { signal: new AbortController().signal, progress: silentProgress });
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);

    // Both read the same next export and stay the same.
    for (const job of [lite, server]) {
      job.drop('more.csv', inventedExport(300, { seed: 2, days: 5 }).replaceAll('\n', '\nm').replace(/m$/, ''));
      await job.nightly('2026-03-06');
    }
    expect(await figuresOf(target.read)).toEqual(await lite.session(({ store }) => figuresOf(store.read)));

    await expect(copyDatabase(source, target, watching())).rejects.toMatchObject({ code: 'E_INPUT' });
    source.close();
    await target.close();
    for (const job of [lite, server]) job.remove();
    rmSync(models, { recursive: true, force: true });
    await drop();
  });

  it('is made anew when the source changed meanwhile, and finds a copy that somebody changed', async () => {
    const lite = mkdtempSync(join(tmpdir(), 'monitor-copy-'));
    const own = await databaseOf({ data_dir: lite }).open();
    const source = openConnection(join(lite, 'monitor.db'));
    const { url, drop } = await makeDatabase();
    const target = await databaseOf({ data_dir: '', database: { url } }).open();
    source.exec(
      `insert into sources (name) values ('inbox'), ('other'); insert into settings values ('data_seq', '1')`,
    );
    const stop = new AbortController();
    stop.abort();
    await expect(copyDatabase(source, target, watching(undefined, stop.signal))).rejects.toThrow();
    await runSql(url, `insert into sources (source_id, name) overriding system value values (9, 'left over')`);
    source.exec(`update settings set value = '2' where key = 'data_seq'`);
    await runSql(
      url,
      `create function spoil() returns trigger language plpgsql as $$ begin new.name := new.name || '?'; return new; end $$;
       create trigger spoil before insert on sources for each row execute function spoil()`,
    );
    await expect(copyDatabase(source, target, watching())).rejects.toMatchObject({
      ...{ code: 'E_DATABASE', message: expect.stringContaining('sources') },
    });
    await runSql(url, `drop trigger spoil on sources; truncate sources cascade`);
    source.exec(`update settings set value = '3' where key = 'data_seq'`);
    await copyDatabase(source, target, watching());
    const names = await target.read.db.selectFrom('sources').select('name').orderBy('name').execute();
    expect(names.map(({ name }) => name)).toEqual(['inbox', 'other']);
    for (const store of [own, target]) await store.close();
    source.close();
    rmSync(lite, { recursive: true, force: true });
    await drop();
  });
});
