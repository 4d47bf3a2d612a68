import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseOf } from '../../db/database.ts';
import { connectionOf } from '../../db/postgres.ts';
import type { PostgresSettings } from '../../src/config/schema.ts';
import { installedPostgres, runSql, serverUser, startPostgres, type TestServer } from '../support/postgres.ts';

const bin = installedPostgres();
const PASSWORD = 'hush "quoted" ünd: @/?#';

const openssl = spawnSync('openssl', ['version']).status === 0;
// Where everything is to be tested, it fails instead.
const missing = process.env['CI'] ? [] : [...(bin ? [] : ['PostgreSQL']), ...(openssl ? [] : ['openssl'])];
const skipped = missing.length > 0 ? ` (skipped: no ${missing.join(', no ')})` : '';

describe.skipIf(missing.length > 0)(`a server with a certificate, which answers nobody without TLS${skipped}`, () => {
  let folder: string;
  let server: TestServer;
  let port: number;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'monitor-tls-'));
    chmodSync(folder, 0o755);
    for (const authority of ['ca', 'other']) makeAuthority(folder, authority);
    makeCertificate(folder, 'server', 'DNS:localhost,IP:127.0.0.1');
    writeFileSync(join(folder, 'hba.conf'), 'local all all trust\nhostssl all all all scram-sha-256\n');
    port = await freePort();
    const more = ['ssl=on', `ssl_cert_file=${folder}/server.crt`, `ssl_key_file=${folder}/server.key`];
    server = await startPostgres(String(bin), {
      port,
      more: [...more, `hba_file=${folder}/hba.conf`, 'listen_addresses=127.0.0.1'],
    });
    await runSql(server.url('postgres'), `create role monitor login password '${PASSWORD}'`);
    await runSql(server.url('postgres'), 'create database monitor owner monitor');
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const at = (settings: Partial<PostgresSettings>, password = PASSWORD) =>
    databaseOf(
      {
        data_dir: '/nowhere',
        database: { url: `postgres://monitor@localhost:${port}/monitor`, password_env: 'PASSWORD', ...settings },
      },
      () => password,
    );
  const file = (name: string) => join(folder, name);

  it.each([
    ['checked against the authority of the settings', { tls: 'verify', ca_file: 'ca.crt' }],
    ['checked because the address says so', { ca_file: 'ca.crt', parameters: '?sslmode=verify-full' }],
    ['not checked where that is all that is asked for', { tls: 'require' }],
  ] as const)(
    'is worked with, encrypted, its certificate %s',
    async (_how, { ca_file, parameters = '', ...tls }: Case) => {
      const url = `postgres://monitor@localhost:${port}/monitor${parameters}`;
      const database = at({ url, ...tls, ...(ca_file === undefined ? {} : { ca_file: file(ca_file) }) });
      const store = await database.open();
      const { rows } = await sql<{ ssl: boolean }>`
      select ssl from pg_stat_ssl where pid = pg_backend_pid()`.execute(store.read.db);
      expect(rows).toEqual([{ ssl: true }]);
      await store.close();
      // The lock has a connection of its own.
      const lock = await database.lock('a run');
      expect(await database.lockHolder()).toBe('a run');
      await lock.release();
    },
  );

  it.each([
    ['an authority that did not sign it', { tls: 'verify', ca_file: 'other.crt' }, /certificate/],
    ['the authorities that everybody knows', { tls: 'verify' }, /certificate/],
    ['no encryption at all', { tls: 'off' }, /no encryption/],
  ] as const)('is refused with %s', async (_what, { ca_file, ...tls }: Case, reason) => {
    const database = at({ ...tls, ...(ca_file === undefined ? {} : { ca_file: file(ca_file) }) });
    for (const refused of [() => database.open(), () => database.lock('a run'), () => database.exists()])
      await expect(refused()).rejects.toMatchObject({
        ...{ code: 'E_DATABASE_UNREACHABLE', message: expect.stringMatching(reason) },
      });
  });

  it('is refused under a name that its certificate does not have', async () => {
    makeCertificate(folder, 'server', 'DNS:db.example.com');
    await server.restart();
    const verified = at({ tls: 'verify', ca_file: file('ca.crt') });
    await expect(verified.open()).rejects.toMatchObject({
      ...{ code: 'E_DATABASE_UNREACHABLE', message: expect.stringContaining('altnames') },
    });
    makeCertificate(folder, 'server', 'DNS:localhost,IP:127.0.0.1');
    await server.restart();
    await (await verified.open()).close();
  });

  it('is refused with a wrong password, which no message repeats', async () => {
    const refused = await at({ tls: 'require' }, 'guessed')
      .open()
      .catch((thrown: unknown) => thrown);
    expect(refused).toMatchObject({ code: 'E_DATABASE_UNREACHABLE' });
    expect(JSON.stringify([String(refused), refused])).not.toMatch(/guessed|hush/);
  });

  it('is needed wherever the server is another machine: one without TLS is refused', async () => {
    for (const host of ['db.example.com', '10.0.0.7'])
      expect(connectionOf({ url: `postgres://monitor@${host}/monitor` }, () => undefined).ssl).toEqual({
        rejectUnauthorized: true,
      });
    writeFileSync(join(folder, 'hba.conf'), 'local all all trust\nhost all all all scram-sha-256\n');
    const plain = await startPlain(folder);
    for (const tls of ['verify', 'require'] as const) {
      const url = `postgres://monitor@localhost:${plain.port}/monitor`;
      await expect(at({ url, tls }).open()).rejects.toMatchObject({
        ...{ code: 'E_DATABASE_UNREACHABLE', message: expect.stringContaining('does not support SSL') },
      });
    }
    await plain.server.stop();
  });
});

interface Case {
  readonly tls?: 'verify' | 'require' | 'off';
  readonly ca_file?: string;
  readonly parameters?: string;
}

/** A server that knows no TLS. */
async function startPlain(folder: string): Promise<{ server: TestServer; port: number }> {
  const port = await freePort();
  const more = [`hba_file=${folder}/hba.conf`, 'listen_addresses=127.0.0.1'];
  return { server: await startPostgres(String(bin), { port, more }), port };
}

function runOpenssl(folder: string, ...args: string[]): void {
  execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

function makeAuthority(folder: string, name: string): void {
  const subject = ['-subj', `/CN=${name} of this test`, '-keyout', `${name}.key`, '-out', `${name}.crt`, '-days', '2'];
  runOpenssl(folder, 'req', '-x509', ...KEY, ...subject);
}

/** A certificate for these names, signed by the authority `ca`. */
function makeCertificate(folder: string, name: string, names: string): void {
  runOpenssl(folder, 'req', ...KEY, '-subj', '/CN=test', '-keyout', `${name}.key`, '-out', `${name}.csr`);
  writeFileSync(join(folder, 'names.cnf'), `subjectAltName=${names}\n`);
  const signed = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'names.cnf', '-days', '2'];
  runOpenssl(folder, 'x509', '-req', '-in', `${name}.csr`, ...signed, '-out', `${name}.crt`);
  // The server reads no key that others may read.
  const user = serverUser();
  if (user) chownSync(join(folder, `${name}.key`), user.uid, user.gid);
  chmodSync(join(folder, `${name}.key`), 0o600);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
