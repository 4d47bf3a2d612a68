import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { mailFindings } from '../../src/cli/doctor-machine.ts';
import { configSchema } from '../../src/config/schema.ts';
import { loadModel } from '../../src/model/artifact.ts';
import { createOnnxEngine } from '../../src/model/engines/onnx/engine.ts';
import { checkEngine } from '../../src/model/engines/selftest.ts';
import { openMailServer } from '../alerts/mail-server.ts';
import { monitorInProcess } from '../support/cli-in-process.ts';
import { databaseSettings } from '../support/own-database.ts';
import { makeTinyModel } from '../support/tiny-model.ts';

let folder: string;
let use: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-doctor-'));
  use = await makeTinyModel(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('monitor doctor', () => {
  const doctor = async (settings: object) => {
    const file = join(folder, 'monitor.yaml');
    writeFileSync(file, stringify({ ...settings, ...databaseSettings(join(folder, 'data')) }));
    const { code, text } = await monitorInProcess('doctor', '--config', file, '--json');
    return {
      code,
      ...(JSON.parse(text.slice(text.indexOf('{\n'))) as {
        healthy: boolean;
        checks: { check: string; state: string; text: string }[];
      }),
    };
  };

  it('finds settings, folders, the database to be, and each engine with its device and speed', async () => {
    mkdirSync(join(folder, 'inbox'), { recursive: true });
    const { code, healthy, checks } = await doctor({ brands: { acme: {} }, model: { use } });
    expect({ code, healthy }).toEqual({ code: 0, healthy: true });
    expect(checks.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['machine', 'settings', 'folders', 'database', 'mail', 'engines']),
    );
    expect(checks.find(({ check }) => check === 'engines')?.text).toMatch(/^onnx on the processor: [\d,]+ posts\/s/);
  });

  it('says what is wrong, and ends with exit code 1', async () => {
    const { code, checks } = await doctor({ brands: { acme: {} }, model: { use: join(folder, 'none') } });
    expect(code).toBe(1);
    expect(checks.filter(({ state }) => state === 'failed')).toMatchObject([{ check: 'engines' }]);
    const broken = await doctor({ brnads: {} });
    expect(broken.code).toBe(1);
    expect(broken.checks.find(({ check }) => check === 'settings')).toMatchObject({
      check: 'settings',
      state: 'failed',
      remedy: expect.any(String),
    });
    // Told once: what needs the settings says only that it does.
    expect(broken.checks.filter(({ state }) => state === 'failed').map(({ check }) => check)).toEqual(['settings']);
  });
});

describe('monitor doctor on mail', () => {
  it('signs in at the server and sends nothing, or says what the server said', async () => {
    const server = await openMailServer();
    const config = (port: number) =>
      configSchema.parse({ mail: { smtp: { host: '127.0.0.1', port, tls: 'none', timeout_seconds: 5 } } });
    expect(await mailFindings(config(server.port), () => undefined)).toMatchObject([{ state: 'ok' }]);
    expect(server.copies.size).toBe(0);
    await server.close();
    await expect(mailFindings(config(server.port), () => undefined)).rejects.toThrow(
      expect.objectContaining({ code: 'E_MAIL', message: expect.stringContaining('127.0.0.1, port') }),
    );
  });
});

describe('the self-test of an engine', () => {
  it('passes a right one, and fails one that is a little off', async () => {
    const model = await loadModel(use);
    const right = { name: 'onnx', device: 'processor', create: createOnnxEngine } as const;
    expect((await checkEngine(right, model)).filter(({ passed }) => !passed)).toEqual([]);
    const off = {
      ...right,
      create: async (of: Parameters<typeof createOnnxEngine>[0]) => {
        const engine = await createOnnxEngine(of);
        return {
          ...engine,
          logits: async (batch: Parameters<typeof engine.logits>[0]) =>
            (await engine.logits(batch)).map((logit) => logit + 1e-3),
        };
      },
    };
    const checks = await checkEngine(off, model);
    expect(checks.every(({ passed }) => passed)).toBe(false);
  });
});
