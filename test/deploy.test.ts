import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { validate } from 'node-cron';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { main } from '../src/cli/program.ts';
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

describe('deploy/monitor.service and deploy/monitor.timer', () => {
  const command = /^ExecStart=(\S+) (\S+) (.+)$/m.exec(read('deploy/monitor.service'));

  it('start the program that the package has, with a command that it knows', async () => {
    expect(command?.[2]).toBe(`/srv/monitor/node_modules/sentiment-monitor/${manifest.bin.monitor}`);
    await expectKnown(command?.[3]?.split(' ') ?? []);
  });

  it.skipIf(!analyze)(`are right in the eyes of systemd${analyze ? '' : ' (skipped: there is none)'}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'monitor-units-'));
    try {
      // It also checks that the program is there, which is in another place on each machine.
      const service = read('deploy/monitor.service').replace('=/usr/bin/node ', `=${process.execPath} `);
      writeFileSync(join(folder, 'monitor.service'), service);
      writeFileSync(join(folder, 'monitor.timer'), read('deploy/monitor.timer'));
      const units = ['monitor.service', 'monitor.timer'].map((unit) => join(folder, unit));
      const checked = spawnSync('systemd-analyze', ['verify', ...units], { encoding: 'utf8' });
      const about = `${checked.stdout}${checked.stderr}`.split('\n').filter((line) => line.includes('monitor.'));
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

describe('deploy/compose.workers.yaml', () => {
  it('starts workers by a command that the program knows, and nothing without a password', async () => {
    const { services } = parse(read('deploy/compose.workers.yaml')) as {
      services: Record<string, { command?: string[]; environment?: Record<string, string> }>;
    };
    await expectKnown(services['worker']?.command?.slice(1) ?? []);
    for (const name of ['database', 'monitor', 'worker'])
      expect(JSON.stringify(services[name]?.environment)).toContain('{MONITOR_DB_PASSWORD:?');
  });
});
