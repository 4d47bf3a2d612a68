import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../src/model/artifact.ts';
import { createOnnxEngine } from '../../src/model/engines/onnx/engine.ts';
import { createPool, type Pool } from '../../src/model/pool.ts';
import { scorerOf } from '../../src/model/scorer.ts';
import { workers } from '../support/processes.ts';
import { smallModel } from './support.ts';

const never = new AbortController().signal;
const texts = Array.from({ length: 5_000 }, (_, index) => `w${index % 40} w${index % 7} w${(index * 11) % 38}`);

let model: Model;
let expected: Float64Array;
let pool: Pool | undefined;

beforeAll(async () => {
  model = await smallModel();
  expected = await scorerOf(model, await createOnnxEngine(model))(texts);
});
afterEach(async () => {
  await pool?.close();
  expect(workers()).toEqual([]);
});

describe('a pool', () => {
  it('scores as the process itself does, on as many workers as there is work for', async () => {
    pool = createPool({ model, workers: 2 });
    expect(workers()).toEqual([]);
    expect(await pool.score(texts.slice(0, 10), never)).toEqual(expected.subarray(0, 20));
    if (existsSync('/proc/self/stat')) expect(workers()).toHaveLength(1);
    const [all, few] = await Promise.all([pool.score(texts, never), pool.score(texts.slice(0, 3), never)]);
    expect(all).toEqual(expected);
    expect(few).toEqual(expected.subarray(0, 6));
    expect(await pool.score([], never)).toEqual(new Float64Array());
  });

  it.runIf(existsSync('/proc/self/stat'))('gives the work of a worker that died to a new one', async () => {
    pool = createPool({ model, workers: 1 });
    const scores = pool.score(texts, never);
    const [first] = workers();
    expect(first).toBeDefined();
    process.kill(first ?? 0, 'SIGKILL');
    expect(await scores).toEqual(expected);
    expect(workers()).not.toContain(first);
  });

  it.runIf(existsSync('/proc/self/stat'))('ends a worker that hangs, and gives its work to a new one', async () => {
    let limits = 0;
    // The first texts have time enough for a slow start, the ones on which the worker hangs have little.
    pool = createPool({ model, workers: 1, timeLimit: () => (limits++ === 1 ? 300 : 60_000) });
    await pool.score(texts.slice(0, 5), never);
    const [hanging] = workers();
    process.kill(hanging ?? 0, 'SIGSTOP');
    expect(await pool.score(texts.slice(0, 5), never)).toEqual(expected.subarray(0, 10));
    expect(limits).toBe(3);
    expect(workers()).not.toContain(hanging);
  });

  it.runIf(existsSync('/proc/self/stat'))('gives up on texts on which every worker hangs', async () => {
    pool = createPool({ model, workers: 1, timeLimit: () => 1 });
    await expect(pool.score(texts.slice(0, 5), never)).rejects.toMatchObject({
      code: 'E_WORKER',
      message: expect.stringMatching(/3 times.*no answer after/) as string,
    });
  });

  it.runIf(existsSync('/proc/self/stat'))('gives up on texts that kill every worker', async () => {
    pool = createPool({ model, workers: 1 });
    let done = false;
    const scores = pool.score(texts.slice(0, 5), never).finally(() => {
      done = true;
    });
    scores.catch(() => undefined);
    while (!done) {
      for (const pid of workers()) process.kill(pid, 'SIGKILL');
      await setImmediate();
    }
    await expect(scores).rejects.toMatchObject({
      code: 'E_WORKER',
      message: expect.stringMatching(/3 times.*SIGKILL/) as string,
    });
    // The pool itself goes on.
    expect(await pool.score(texts.slice(0, 5), never)).toEqual(expected.subarray(0, 10));
  });

  it.runIf(existsSync('/proc/self/stat'))('is not disturbed by signals to the whole process group', async () => {
    pool = createPool({ model, workers: 1 });
    await pool.score(texts.slice(0, 5), never);
    const [before] = workers();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(before ?? 0, signal);
    await pool.score(texts.slice(0, 5), never);
    expect(workers()).toEqual([before]);
  });

  it.runIf(existsSync('/proc/self/stat'))('leaves no worker behind when its own process is killed', async () => {
    const program = `
      import { createPool } from ${JSON.stringify(resolve(import.meta.dirname, '../../src/model/pool.ts'))};
      const model = ${JSON.stringify({ directory: model.directory, networkSha256: model.networkSha256 })};
      await createPool({ model, workers: 1 }).score(['w2'], new AbortController().signal);
      console.log('scored');`;
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(parent.stdout, 'data');
    const [worker] = workers(parent.pid);
    expect(worker).toBeDefined();
    parent.kill('SIGKILL');
    while (existsSync(`/proc/${worker}/cmdline`) && readFileSync(`/proc/${worker}/cmdline`, 'utf8') !== '')
      await setImmediate();
  });

  it('stops at once on the signal, and can be used again', async () => {
    pool = createPool({ model, workers: 1 });
    const stop = new AbortController();
    const scores = pool.score(texts, stop.signal);
    stop.abort();
    await expect(scores).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
    await expect(pool.score(texts, stop.signal)).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
    expect(await pool.score(texts.slice(0, 5), never)).toEqual(expected.subarray(0, 10));
  });

  it('ends what is under way when it is closed', async () => {
    pool = createPool({ model, workers: 2 });
    const scores = pool.score(texts, never);
    const ended = expect(scores).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
    await pool.close();
    await ended;
    await expect(pool.score(texts, never)).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
  });

  it('passes on what a worker says about the model', async () => {
    const gone = await smallModel();
    await rename(gone.directory, `${gone.directory}-moved`);
    pool = createPool({ model: gone, workers: 1 });
    await expect(pool.score(['w2'], never)).rejects.toMatchObject({ code: 'E_MODEL_MISSING', exitCode: 2 });
  });

  it('refuses the scores of another network than the one it is for', async () => {
    pool = createPool({ model: { directory: model.directory, networkSha256: 'another' }, workers: 1 });
    await expect(pool.score(['w2'], never)).rejects.toMatchObject({
      code: 'E_MODEL_INVALID',
      message: expect.stringMatching(/replaced/) as string,
    });
  });
});
