import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';

/** A real PostgreSQL server for tests: its databases are made and dropped through this address. */
export interface TestServer {
  /** The URL of a database on the server. */
  url(database: string): string;
  /** Ends the server as a restart does, or at once as a crash, and starts it again. */
  restart(how?: 'restart' | 'crash'): Promise<void>;
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

/** How PostgreSQL is told to end: after it has broken off its connections, or without a word. */
const SIGNALS = { restart: 'SIGINT', crash: 'SIGQUIT' } as const;

/** Starts a server in a temporary folder, reachable by its socket alone unless further settings say more. */
export async function startPostgres(
  bin: string,
  { port = 5432, more = [] }: { port?: number; more?: readonly string[] } = {},
): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-pg-'));
  const user = serverUser();
  if (user) chownSync(folder, user.uid, user.gid);
  // Commands that a test runs as somebody else reach the socket.
  chmodSync(folder, 0o755);
  const data = join(folder, 'data');
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    { ...user, cwd: folder, stdio: 'ignore' },
  );
  const settings = ['listen_addresses=', `unix_socket_directories=${folder}`, 'max_connections=200', `port=${port}`];
  // Nobody misses these databases after a power cut.
  const careless = ['fsync=off', 'full_page_writes=off', 'autovacuum_naptime=10s'];
  const start = (): ChildProcess =>
    spawn(
      join(bin, 'postgres'),
      ['-D', data, ...[...settings, ...careless, ...more].flatMap((setting) => ['-c', setting])],
      {
        ...{ ...user, cwd: folder, stdio: 'ignore' },
      },
    );
  const end = (server: ChildProcess, how: 'restart' | 'crash' = 'restart'): Promise<unknown> => {
    const gone = new Promise((resolve) => server.once('exit', resolve));
    server.kill(SIGNALS[how]);
    return gone;
  };
  const url = (database: string) => `postgres://postgres@${encodeURIComponent(folder)}:${port}/${database}`;
  let server = start();
  // A test or measurement that ends early leaves no server behind.
  process.once('exit', () => server.kill('SIGINT'));
  await answering(url('postgres'));
  return {
    url,
    restart: async (how) => {
      await end(server, how);
      server = start();
      await answering(url('postgres'));
    },
    stop: async () => {
      await end(server);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL refuses to run as root, which lends it a user; undefined for anybody else. */
export function serverUser(): { uid: number; gid: number } | undefined {
  return process.getuid?.() === 0 ? idsOf('postgres') : undefined;
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

/** Runs a statement, or several that give nothing back, on a connection of their own. */
export async function runSql(url: string, statements: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query(statements)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}
