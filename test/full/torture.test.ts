import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../examples/world/random.ts';
import { type JobFolder, makeJobFolder } from '../support/job.ts';
import { mailServer, makeSetting, type Setting } from '../torture/setting.ts';
import { outcomes, tormented, undisturbed } from '../torture/torment.ts';

const SEED = Number(process.env['TORTURE_SEED'] ?? 1);
/** Kills a step; the world has 24 steps. */
const KILLS = Number(process.env['TORTURE_KILLS'] ?? 9);

describe(`a world in which runs are killed (seed ${SEED})`, () => {
  let setting: Setting;
  const jobs: JobFolder[] = [];
  const folder = (more: Record<string, unknown>): JobFolder => {
    const job = makeJobFolder({ ...setting.settings, ...more });
    jobs.push(job);
    return job;
  };
  beforeAll(async () => {
    setting = await makeSetting(SEED, { historyDays: 8, nights: 21, postsPerDay: 130 });
  });
  afterAll(() => {
    for (const job of jobs) job.remove();
    setting.remove();
  });

  it('ends as the undisturbed one, with every mail written once', async () => {
    const startedMs = performance.now();
    const [plain, killed] = [folder({}), folder({})];
    const durations = await undisturbed(plain, setting.steps);
    const torment = await tormented(killed, setting.steps, { durations, kills: KILLS, random: randomFrom(SEED) });
    print('mails as files', killed, torment, startedMs);
    expectSame(killed, plain);
    expect(Object.keys(killed.files('outbox')).length).toBeGreaterThanOrEqual(3);
    expect(killed.files('outbox')).toEqual(plain.files('outbox'));
    expect(torment.kills).toBe(KILLS * setting.steps.length);
  });

  it('ends as the undisturbed one with mails by SMTP, files archived and old texts deleted', async () => {
    const startedMs = performance.now();
    const server = await mailServer();
    try {
      const more = {
        ...{ processed: 'archive', retention: { days: 18 } },
        mail: {
          from: 'Monitor <monitor@acme.example>',
          smtp: { host: '127.0.0.1', port: server.port, tls: 'none' },
        },
      };
      const [plain, killed] = [folder(more), folder(more)];
      const durations = await undisturbed(plain, setting.steps);
      const expected = server.arrived.splice(0);
      const kills = Math.ceil(KILLS / 3);
      const torment = await tormented(killed, setting.steps, { durations, kills, random: randomFrom(SEED + 1_000) });
      const copies = server.arrived.length - expected.length;
      print(`mails by SMTP, ${copies} second copies of ${expected.length}`, killed, torment, startedMs);
      expectSame(killed, plain);
      expect(archived(killed)).toEqual(archived(plain));
      expect(expected.length).toBeGreaterThanOrEqual(3);
      // A copy that was sent but not noted goes out again: the same bytes with the same Message-ID.
      expect([...new Set(server.arrived)].sort()).toEqual([...expected].sort());
      expect(new Set(expected.map(messageId)).size).toBe(expected.length);
    } finally {
      await server.close();
    }
  });
});

function expectSame(killed: JobFolder, plain: JobFolder): void {
  expect(killed.dump()).toEqual(plain.dump());
  expect(killed.files('reports')).toEqual(plain.files('reports'));
  const ended = outcomes(killed);
  expect(ended['running']).toBeUndefined();
  expect(ended['killed']).toBeGreaterThan(0);
}

function archived({ folder }: JobFolder): string[] {
  const place = join(folder, 'inbox');
  return existsSync(place) ? readdirSync(place, { recursive: true, encoding: 'utf8' }).sort() : [];
}

function messageId(mail: string): string {
  return /^Message-ID: (.*)$/im.exec(mail)?.[1] ?? '';
}

function print(
  what: string,
  job: JobFolder,
  torment: { runs: number; kills: number; killsByStage: Record<string, number> },
  startedMs: number,
): void {
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  process.stdout.write(
    `torture, seed ${SEED}, ${what}: ${torment.kills} kills in ${torment.runs} runs, ${seconds} s\n` +
      `  by stage ${JSON.stringify(torment.killsByStage)}\n  by record ${JSON.stringify(outcomes(job))}\n`,
  );
}
