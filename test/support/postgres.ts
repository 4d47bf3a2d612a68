import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';

/** A real PostgreSQL server for tests: its databases are made and dropped through this address. */
export interface TestServer {
  /** The URL of a database on the server. */
  url(database: string): string;
  /** Ends the server as a restart does, and starts it again. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const INSTALLED = '/usr/lib/postgresql';

/** The folder of the newest PostgreSQL that is installed, or undefined. */
export function installedPostgres(): string | undefined {
  if (!existsSync(INSTALLED)) return undefined;
  return readdirSync(INSTALLED)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(INSTALLED, version, 'bin'))
    .find((folder) => existsSync(join(folder, 'initdb')));
}

/** Starts a server in a temporary folder, reachable by its socket alone. It refuses to run as root, so root lends it a user. */
export async function startPostgres(bin: string): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-pg-'));
  const user = process.getuid?.() === 0 ? idsOf('postgres') : undefined;
  if (user) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    { ...user, cwd: folder, stdio: 'ignore' },
  );
  const settings = ['listen_addresses=', `unix_socket_directories=${folder}`, 'max_connections=200'];
  // Nobody misses these databases after a power cut.
  const careless = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'autovacuum_naptime=10s'];
  const start = (): ChildProcess =>
    spawn(join(bin, 'postgres'), ['-D', data, ...[...settings, ...careless].flatMap((setting) => ['-c', setting])], {
      ...{ ...user, cwd: folder, stdio: 'ignore' },
    });
  const end = (server: ChildProcess): Promise<unknown> => {
    const gone = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGINT');
    return gone;
  };
  const url = (database: string) => `postgres://postgres@${encodeURIComponent(folder)}:5432/${database}`;
  let server = start();
  // A test or measurement that ends early leaves no server behind.
  process.once('exit', () => server.kill('SIGINT'));
  await answering(url('postgres'));
  return {
    url,
    restart: async () => {
      await end(server);
      server = start();
      await answering(url('postgres'));
    },
    stop: async () => {
      await end(server);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function idsOf(name: string): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function answering(url: string): Promise<void> {
  for (let tries = 0; ; tries += 1)
    try {
      await runSql(url, 'select 1');
      return;
    } catch (thrown) {
      if (tries >= 200) throw thrown;
      await wait(50);
    }
}

/** Runs statements on a connection of their own. */
export async function runSql(url: string, statements: string): Promise<void> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(statements);
  } finally {
    await client.end().catch(() => undefined);
  }
}
