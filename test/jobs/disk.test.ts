import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package.ts';
import { startMonitor } from '../support/cli.ts';
import type { JobFolder } from '../support/job.ts';
import { aboutFiles, onPostgres } from '../support/own-database.ts';
import { mountSmallDisk } from '../support/tmpfs.ts';
import { MORNING, troubleWorld } from './trouble-world.ts';

const world = troubleWorld();

const probe = mountSmallDisk(65_536);
probe?.remove();
const isRoot = process.getuid?.() === 0;
/** Root writes anywhere: its child process is nobody. Everybody else is unprivileged already. */
const nobody = isRoot ? { uid: 65_534, gid: 65_534 } : undefined;
const main = join(packageRoot, 'src', 'cli', 'main.ts');
const mayRead = spawnSync(process.execPath, ['-e', 'fs.accessSync(process.argv[1])', main], { ...nobody }).status === 0;

async function recovers(job: JobFolder): Promise<void> {
  // An hour later, when a mail that was not sent is due again.
  const now = Date.parse('2026-11-01T04:00:00Z');
  expect((await job.nightly(MORNING, { now })).outcome).toBe('ok');
  expect(world.outcome(job)).toEqual(world.undisturbed());
}

describe.skipIf(!probe)(`a small disk that fills${probe ? '' : ' (skipped: this user can mount none)'}`, () => {
  it.skipIf(onPostgres)(
    `holds data_dir: the run says so, and the next one goes on when there is room${aboutFiles}`,
    async () => {
      const disk = mountSmallDisk(4_000_000);
      if (!disk) throw new Error('mounted a moment ago');
      try {
        const job = world.start();
        symlinkSync(disk.folder, join(job.folder, 'data'));
        writeFileSync(join(disk.folder, 'ballast'), Buffer.alloc(3_500_000));
        await expect(job.nightly(MORNING)).rejects.toMatchObject({
          code: 'E_DISK_FULL',
          exitCode: 1,
          place: { file: join(job.folder, 'data', 'monitor.db') },
        });
        rmSync(join(disk.folder, 'ballast'));
        await recovers(job);
      } finally {
        disk.remove();
      }
    },
  );

  it('holds reports and outbox: the mail waits, the report is named, nothing half-written stays', async () => {
    const disk = mountSmallDisk(32_768);
    if (!disk) throw new Error('mounted a moment ago');
    const job = world.start();
    try {
      const data = join(job.folder, 'data');
      mkdirSync(data);
      for (const part of ['reports', 'outbox']) {
        mkdirSync(join(disk.folder, part));
        symlinkSync(join(disk.folder, part), join(data, part));
      }
      await expect(job.nightly(MORNING)).rejects.toMatchObject({
        code: 'E_DISK_FULL',
        place: { file: expect.stringContaining('sentiment_daily_') },
      });
      expect(job.dump()['deliveries']).toMatchObject([
        { state: 'waiting', attempts: 1, last_error: expect.stringContaining('no room') },
      ]);
      const left = readdirSync(disk.folder, { recursive: true, encoding: 'utf8' });
      expect(left.filter((name) => name.endsWith('.tmp') || statSync(join(disk.folder, name)).size === 0)).toEqual([]);
      for (const part of ['reports', 'outbox']) rmSync(join(data, part));
    } finally {
      disk.remove();
    }
    await recovers(job);
  });
});

describe.skipIf(!mayRead)(
  `folders without rights${mayRead ? '' : ' (skipped: nobody may not read the program)'}`,
  () => {
    /** Runs a night as somebody who may read the world, and write where it is not forbidden. */
    const night = async (job: JobFolder, shut: string, mode: number) => {
      chmodSync(job.folder, 0o777);
      chmodSync(shut, mode);
      const args = ['run', '--as-of', MORNING, '--config', job.configFile, '--json'];
      const { code, stdout } = await startMonitor(args, undefined, nobody).ended;
      chmodSync(shut, 0o777);
      return { code, error: (JSON.parse(stdout) as { error?: { code: string; place: { file: string } } }).error };
    };

    it('such as data_dir end the run with what is not allowed', async () => {
      const job = world.start();
      const data = join(job.folder, 'data');
      mkdirSync(data);
      expect(await night(job, data, 0o555)).toMatchObject({
        code: 1,
        // The first thing that is written there.
        error: {
          code: 'E_PERMISSION',
          place: { file: onPostgres ? expect.stringContaining(data) : join(data, 'monitor.lock') },
        },
      });
      await recovers(job);
    });

    it('such as the inbox', async () => {
      const job = world.start();
      const inbox = join(job.folder, 'inbox');
      expect(await night(job, inbox, 0o000)).toMatchObject({
        code: 1,
        error: { code: 'E_PERMISSION', place: { file: inbox } },
      });
      await recovers(job);
    });

    it('such as that of the reports, when all else is done', async () => {
      const job = world.start();
      const reports = join(job.folder, 'data', 'reports');
      mkdirSync(reports, { recursive: true });
      chmodSync(join(job.folder, 'data'), 0o777);
      expect(await night(job, reports, 0o555)).toMatchObject({
        code: 1,
        error: { code: 'E_PERMISSION', place: { file: join(reports, '2026-10-03') } },
      });
      expect(job.dump()['deliveries']).toMatchObject([{ state: 'sent' }]);
      await recovers(job);
    });
  },
);
