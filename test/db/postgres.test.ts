import { describe, expect, it } from 'vitest';
import { databaseOf } from '../../db/database.ts';
import { takeDeliveryLock } from '../../db/delivery-lock.ts';
import { parseConfig } from '../../src/config/load.ts';
import { runSql } from '../support/postgres.ts';
import { makeDatabase, noPostgres, serverUrl } from '../support/postgres-database.ts';

const at = (url: string, more = {}) => databaseOf({ data_dir: '/nowhere', database: { url, ...more } });

describe.skipIf(noPostgres)('a database on a PostgreSQL server', () => {
  it('is made by the first who opens it, and there for those who only look', async () => {
    const { url, drop } = await makeDatabase({ empty: true });
    const database = at(url);
    expect(await database.exists()).toBe(false);
    expect(await database.openReadOnly()).toBeUndefined();
    // Two at once, as when two machines begin in the same minute.
    const stores = await Promise.all([database.open(), database.open()]);
    await Promise.all(stores.map((store) => store.close()));
    expect(await database.exists()).toBe(true);
    expect(await database.bytes()).toBeGreaterThan(1_000_000);
    const looking = await database.openReadOnly();
    await expect(
      looking?.transaction((tx) => tx.db.insertInto('settings').values({ key: 'a', value: 'b' }).execute()),
    ).rejects.toThrow('read-only');
    await looking?.close();
    await runSql(url, 'insert into schema_version values (9999)');
    await expect(database.open()).rejects.toMatchObject({ code: 'E_DATABASE_NEWER' });
    await expect(database.openReadOnly()).rejects.toMatchObject({ code: 'E_DATABASE_NEWER' });
    await drop();
  });

  it('lets one machine at a time send what waits, and the next when that one is done', async () => {
    const { url, drop } = await makeDatabase({ empty: true });
    const [one, other] = await Promise.all([at(url).open(), at(url).open()]);
    const [here, there] = [{ data_dir: '/nowhere/a' }, { data_dir: '/nowhere/b' }];
    const release = await takeDeliveryLock(one, here, 'one');
    expect(release).toBeDefined();
    expect(await takeDeliveryLock(other, there, 'other')).toBeUndefined();
    await release?.();
    const next = await takeDeliveryLock(other, there, 'other');
    expect(next).toBeDefined();
    await next?.();
    await Promise.all([one.close(), other.close()]);
    await drop();
  });

  it('gives its lock to one, names the holder, and is free when that connection is gone', async () => {
    const { url, drop } = await makeDatabase({ empty: true });
    const database = at(url);
    expect(await database.lockHolder()).toBeUndefined();
    const lock = await database.lock('monitor run, process 1');
    await expect(database.lock('another')).rejects.toMatchObject({
      ...{ code: 'E_BUSY', exitCode: 4 },
      message: expect.stringContaining('monitor run, process 1'),
    });
    expect(await database.lockHolder()).toBe('monitor run, process 1');
    await lock.release();
    const next = await database.lock('the next');
    expect(next.lost.aborted).toBe(false);
    const lost = new Promise((resolve) => next.lost.addEventListener('abort', resolve));
    await runSql(url, `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'the next'`);
    await lost;
    await (await database.lock('whoever comes then')).release();
    await drop();
  });

  it('tells what is wrong with the server in the program’s own errors', async () => {
    await expect(at(serverUrl('no_such')).open()).rejects.toMatchObject({ code: 'E_DATABASE_UNREACHABLE' });
    await expect(at('postgres://a@127.0.0.1:1/b').open()).rejects.toMatchObject({
      ...{ code: 'E_DATABASE_UNREACHABLE', place: { file: 'postgres://a@127.0.0.1:1/b' } },
    });
    await expect(at(serverUrl('postgres'), { tls: 'verify' }).open()).rejects.toMatchObject({
      code: 'E_DATABASE_UNREACHABLE',
    });
    await expect(at(serverUrl('postgres'), { password_env: 'NONE' }).exists()).rejects.toMatchObject({
      code: 'E_CONFIG',
    });
    await expect(at(serverUrl('postgres'), { password_file: '/no/file' }).exists()).rejects.toMatchObject({
      code: 'E_FILE',
    });
    const { url, drop } = await makeDatabase();
    const store = await at(url).open();
    const broken = store.transaction(async (tx) => {
      await tx.db.insertInto('settings').values({ key: 'a', value: 'b' }).execute();
      await runSql(
        serverUrl('postgres'),
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${url.slice(-20)}'`,
      );
      await tx.db.selectFrom('settings').selectAll().execute();
    });
    await expect(broken).rejects.toMatchObject({ code: 'E_DATABASE_UNREACHABLE' });
    // The next one has a connection of its own again.
    expect(await store.read.db.selectFrom('settings').selectAll().execute()).toEqual([]);
    await store.close();
    await drop();
  });
});

describe('the settings of a database server', () => {
  const parsed = (text: string) => parseConfig(text, '/etc/monitor/monitor.yaml').database;

  it('are an address, or more with paths beside the settings', () => {
    expect(parsed('database: postgres://me@db.example/monitor')).toEqual({ url: 'postgres://me@db.example/monitor' });
    expect(
      parsed('database: { url: "postgres://me@db/m?sslmode=require", ca_file: ca.pem, password_file: pw }'),
    ).toEqual({
      ...{
        url: 'postgres://me@db/m?sslmode=require',
        ca_file: '/etc/monitor/ca.pem',
        password_file: '/etc/monitor/pw',
      },
    });
  });

  it.each([
    ['database: mysql://db/m', /not the address/],
    ['database: postgres://db', /does not name the database/],
    ['database: postgres://db/m?sslmode=maybe', /unknown sslmode/],
    ['database: postgres://db/m?user=me', /only sslmode is known/],
    ['database: { url: "postgres://db/m", pasword_env: X }', /did you mean "password_env"/],
    ['database: { url: "postgres://db/m", password_env: X, password_file: y }', /keep one of them/],
  ])('are refused with the reason: %s', (text, reason) => {
    expect(() => parsed(text)).toThrow(reason);
  });

  it('never hold or show a password', () => {
    expect(() => parsed('database: postgres://me:hush@db/m')).toThrow(/password_env or password_file/);
    expect(() => parsed('database: postgres://me:hush@db/m')).not.toThrow(/hush/);
  });
});
