import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { validate } from 'node-cron';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { main } from '../src/cli/program.ts';
import { parseConfig } from '../src/config/load.ts';
import { parsePostgresUrl } from '../src/config/postgres-url.ts';
import { packageRoot } from '../src/package.ts';

const read = (name: string) => readFileSync(join(packageRoot, name), 'utf8');
const linesOf = (name: string) => read(name).split('\n');
const manifest = JSON.parse(read('package.json')) as {
  engines: { node: string };
  bin: { monitor: string };
  files: string[];
};

afterEach(() => vi.restoreAllMocks());

/** Gives the arguments to the program: those that it knows get as far as the settings, which are not there. */
async function expectKnown(args: readonly string[]): Promise<void> {
  let said = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
  const settings = args.map((arg, index) => (args[index - 1] === '--config' ? '/nowhere/monitor.yaml' : arg));
  expect(settings).toContain('/nowhere/monitor.yaml');
  await main(settings);
  expect(said, args.join(' ')).toContain('E_CONFIG_MISSING');
}

describe('deploy/crontab', () => {
  const jobs = linesOf('deploy/crontab').filter((line) => /^[\d*]/.test(line));

  it('has lines that cron reads and commands that the program knows', async () => {
    expect(jobs).toHaveLength(3);
    for (const job of jobs) {
      expect(validate(job.split(/\s+/).slice(0, 5).join(' '))).toBe(true);
      // In a crontab a percent sign is a line break.
      expect(job).not.toContain('%');
      const command = /npx --no-install monitor (.+?) (?:>>|>|\|\|)/.exec(job)?.[1];
      await expectKnown(command?.split(' ') ?? []);
    }
  });
});

const analyze = spawnSync('systemd-analyze', ['--version']).status === 0;

describe('deploy/monitor.service, deploy/monitor-worker.service and deploy/monitor.timer', () => {
  it.each(['monitor', 'monitor-worker'])(
    'start the program that the package has, with a command that it knows: %s',
    async (unit) => {
      const command = /^ExecStart=(\S+) (\S+) (.+)$/m.exec(read(`deploy/${unit}.service`));
      expect(command?.[2]).toBe(`/srv/monitor/node_modules/sentiment-monitor/${manifest.bin.monitor}`);
      await expectKnown(command?.[3]?.split(' ') ?? []);
    },
  );

  it.skipIf(!analyze)(`are right in the eyes of systemd${analyze ? '' : ' (skipped: there is none)'}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'monitor-units-'));
    try {
      // It also checks that the program is there, which is in another place on each machine.
      const names = ['monitor.service', 'monitor-worker.service', 'monitor.timer'];
      for (const name of names)
        writeFileSync(join(folder, name), read(`deploy/${name}`).replace('=/usr/bin/node ', `=${process.execPath} `));
      const units = names.map((unit) => join(folder, unit));
      const checked = spawnSync('systemd-analyze', ['verify', ...units], { encoding: 'utf8' });
      const about = `${checked.stdout}${checked.stderr}`.split('\n').filter((line) => /monitor[.-]/.test(line));
      expect(about).toEqual([]);
      const [, when = ''] = /^OnCalendar=(.+)$/m.exec(read('deploy/monitor.timer')) ?? [];
      expect(execFileSync('systemd-analyze', ['calendar', when], { encoding: 'utf8' })).toContain('Next elapse');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('deploy/Dockerfile', () => {
  const lines = linesOf('deploy/Dockerfile');

  it('builds on the Node that the package asks for', () => {
    const versions = lines.flatMap((line) => /^FROM node:(\d+)/.exec(line)?.[1] ?? []);
    expect(versions).toHaveLength(2);
    for (const version of versions) expect(`>=${version}`).toBe(manifest.engines.node);
  });

  it('copies what there is, and all that the package has', () => {
    const copies = lines.flatMap((line) => (line.startsWith('COPY') ? [line.split(' ').slice(1)] : []));
    const sources = copies.filter(([first]) => !first?.startsWith('--from')).flatMap((words) => words.slice(0, -1));
    for (const source of sources) expect(existsSync(join(packageRoot, source)), source).toBe(true);
    const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM'))).join('\n');
    for (const file of manifest.files.filter((name) => name !== 'deploy'))
      expect(last, file).toContain(file.split('/')[0]);
    const [{ include }] = [JSON.parse(read('tsconfig.build.json')) as { include: string[] }];
    for (const folder of include) expect(sources).toContain(folder);
    expect(last).toContain(`ln -s /app/${manifest.bin.monitor} `);
  });

  it('and deploy/compose.yaml start a command that the program knows', async () => {
    const compose = parse(read('deploy/compose.yaml')) as {
      services: { monitor: { build: { context: string; dockerfile: string }; command: string[] } };
    };
    const { build, command } = compose.services.monitor;
    expect(existsSync(resolve(packageRoot, 'deploy', build.context, build.dockerfile))).toBe(true);
    const start = lines.find((line) => line.startsWith('CMD'))?.slice(4) ?? '[]';
    expect(JSON.parse(start)).toEqual(command);
    await expectKnown(command.slice(1));
  });
});

interface Service {
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly image: string;
  readonly command?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck?: unknown;
  readonly deploy?: { readonly replicas: number };
}

describe('deploy/compose.workers.yaml', () => {
  const text = read('deploy/compose.workers.yaml');
  const { services, volumes } = parse(text, { merge: true }) as {
    services: Record<string, Service>;
    volumes: Record<string, unknown>;
  };
  const own = Object.entries(services).filter(([, { image }]) => image === 'monitor');
  const settings = parseConfig(read('deploy/monitor.workers.yaml'), '/srv/monitor/monitor.yaml');

  it('has PostgreSQL, the daemon, two workers, the dashboard and a mail catcher', () => {
    expect(Object.keys(services)).toEqual(['database', 'monitor', 'worker', 'dashboard', 'mail']);
    expect(own.map(([name]) => name)).toEqual(['monitor', 'worker', 'dashboard']);
    expect(services['worker']?.deploy?.replicas).toBe(2);
  });

  it('starts the program by commands that it knows, of an image that is built, on a database that is ready', async () => {
    for (const [name, { build, command, depends_on }] of own) {
      expect(existsSync(resolve(packageRoot, 'deploy', build?.context ?? '', build?.dockerfile ?? '')), name).toBe(
        true,
      );
      for (const [other, { condition }] of Object.entries(depends_on ?? {})) {
        expect(services).toHaveProperty(other);
        if (condition === 'service_healthy') expect(services[other]?.healthcheck).toBeDefined();
      }
      await expectKnown(command?.slice(1) ?? []);
    }
  });

  it('gives the settings where the commands look for them, and keeps the database in a volume that is declared', () => {
    for (const [name, { command, volumes: mounted }] of own) {
      const file = command?.[command.indexOf('--config') + 1] ?? '';
      expect(
        mounted?.some((volume) => file.startsWith(`${volume.split(':')[1]}/`)),
        name,
      ).toBe(true);
      expect(text).toContain(`cp deploy/monitor.workers.yaml ${file}`);
    }
    expect(services['database']?.volumes?.[0]?.split(':')[0]).toBe(Object.keys(volumes)[0]);
  });

  it('has settings that the program reads, with hosts, ports and variables that are those of the services', () => {
    const address = parsePostgresUrl(settings.database?.url ?? '');
    expect(services).toHaveProperty(address.host);
    const server = services[address.host]?.environment ?? {};
    expect([server['POSTGRES_USER'], server['POSTGRES_DB']]).toEqual([address.user, address.database]);
    const variable = settings.database?.password_env ?? '';
    for (const [name, { environment }] of own) {
      expect(environment?.[variable], name).toBe(`\${${variable}:?}`);
      for (const given of Object.keys(environment ?? {}))
        expect(given === variable || read('src/cli/serve.ts').includes(`'${given}'`), given).toBe(true);
    }
    // The variables that the file asks for are those that its head says how to set.
    const asked = new Set([...text.matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name));
    expect([...asked].filter((name) => !text.includes(`${name}=%s`))).toEqual([]);
    expect(services).toHaveProperty(settings.mail.smtp?.host ?? '');
    // Where the mail catcher takes mails and shows them.
    expect(settings.mail.smtp).toMatchObject({ port: 1025, tls: 'none' });
    expect(services['mail']?.ports).toEqual(['127.0.0.1:8025:8025']);
  });

  it('opens nothing to other machines, and lets the dashboard be reached at the port where it listens', () => {
    const ports = Object.values(services).flatMap(({ ports: opened = [] }) => opened);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
    expect(services['dashboard']?.ports?.[0]?.split(':').at(-1)).toBe(
      /'the port',[^\n]*, (\d+)\)/.exec(read('src/cli/serve.ts'))?.[1],
    );
    expect(services['dashboard']?.environment).toHaveProperty('MONITOR_TOKEN');
  });
});

describe('deploy/roles.sql', () => {
  it('names tables that the schema has', () => {
    const named = [...read('deploy/roles.sql').matchAll(/^grant [^;]*? on (?!all |schema )([^;]*?)\s+to /gms)].flatMap(
      ([, tables = '']) => tables.split(',').map((table) => table.trim()),
    );
    expect(named.length).toBeGreaterThan(10);
    const known = readdirSync(join(packageRoot, 'db/migrations')).map((file) => read(`db/migrations/${file}`));
    const schema = `${known.join('\n')}\n${read('db/migrate.ts')}`;
    for (const table of named) expect(schema, table).toMatch(new RegExp(`\\b${table}\\b`));
  });
});
