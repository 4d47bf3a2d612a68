import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchWheel } from '../../../../src/model/engines/tensorflow/fetch-wheel.ts';
import { serveWheel } from './server.ts';
import { quietSurroundings } from './surroundings.ts';
import { wheelFor } from './wheel.ts';

const content = Buffer.from(Array.from({ length: 200_000 }, (_, at) => (at * 7919) % 251));
const wheel = wheelFor(content);
const AT_ONCE = [0, 0];

let folder: string;
let part: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-fetch-'));
  part = join(folder, `${wheel.file}.part`);
});
afterEach(() => rmSync(folder, { recursive: true }));

const sizeOfPart = () => (existsSync(part) ? statSync(part).size : 0);
const arrived = (end: number) => expect.poll(sizeOfPart, { interval: 5 }).toBe(end);
const isWhole = () => readFileSync(part).equals(content);

describe('fetchWheel', () => {
  it('goes on after the bytes that are there', async () => {
    await using server = await serveWheel(content, wheel.file);
    writeFileSync(part, content.subarray(0, 120_000));
    const { surroundings, seen } = quietSurroundings();
    expect(await fetchWheel(server.address, part, wheel, surroundings)).toBe(true);
    expect(server.requests).toEqual(['bytes=120000-']);
    expect(isWhole()).toBe(true);
    expect(seen.advanced).toBe(content.length);
  });

  it('takes up a connection that breaks', async () => {
    await using server = await serveWheel(content, wheel.file, { breaks: [50_000, 30_000], arrived });
    const { surroundings, seen } = quietSurroundings();
    expect(await fetchWheel(server.address, part, wheel, surroundings, AT_ONCE)).toBe(true);
    expect(server.requests).toEqual(['bytes=0-', 'bytes=50000-', 'bytes=80000-']);
    expect(isWhole()).toBe(true);
    expect(seen.advanced).toBe(content.length);
  });

  it('leaves the part when it is stopped, and the next run goes on there', async () => {
    await using server = await serveWheel(content, wheel.file, {
      breaks: [70_000],
      arrived: () => new Promise(() => undefined),
    });
    const controller = new AbortController();
    const first = fetchWheel(server.address, part, wheel, quietSurroundings({}, controller.signal).surroundings);
    const stopped = expect(first).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
    await arrived(70_000);
    controller.abort();
    await stopped;
    expect(readFileSync(part).equals(content.subarray(0, 70_000))).toBe(true);
    expect(await fetchWheel(server.address, part, wheel, quietSurroundings().surroundings)).toBe(true);
    expect(server.requests[1]).toBe('bytes=70000-');
    expect(isWhole()).toBe(true);
  });

  it('starts anew where the server has no ranges', async () => {
    await using server = await serveWheel(content, wheel.file, { ranges: false });
    writeFileSync(part, content.subarray(0, 120_000));
    const { surroundings, seen } = quietSurroundings();
    expect(await fetchWheel(server.address, part, wheel, surroundings)).toBe(true);
    expect(isWhole()).toBe(true);
    expect(seen.advanced).toBe(content.length);
  });

  it('keeps what is there when a server without ranges breaks off earlier', async () => {
    await using server = await serveWheel(content, wheel.file, { ranges: false, breaks: [10_000] });
    writeFileSync(part, content.subarray(0, 120_000));
    expect(await fetchWheel(server.address, part, wheel, quietSurroundings().surroundings)).toBe(false);
    expect(readFileSync(part).equals(content.subarray(0, 120_000))).toBe(true);
  });

  it('says how far it came when the connection breaks again and again', async () => {
    await using server = await serveWheel(content, wheel.file, { breaks: [50_000, 0, 0, 0], arrived });
    const run = fetchWheel(server.address, part, wheel, quietSurroundings().surroundings, AT_ONCE);
    await expect(run).rejects.toMatchObject({ code: 'E_ENGINE_INSTALL', place: { file: part } });
    expect(statSync(part).size).toBe(50_000);
  });

  it('asks for nothing when all of it is there', async () => {
    await using server = await serveWheel(content, wheel.file);
    writeFileSync(part, content);
    expect(await fetchWheel(server.address, part, wheel, quietSurroundings().surroundings)).toBe(true);
    expect(server.requests).toEqual([]);
  });

  it('begins anew when more is there than there should be', async () => {
    await using server = await serveWheel(content, wheel.file);
    writeFileSync(part, Buffer.alloc(content.length + 1));
    expect(await fetchWheel(server.address, part, wheel, quietSurroundings().surroundings)).toBe(true);
    expect(isWhole()).toBe(true);
  });

  it.each([404, 401, 200, 206])('leaves it to others when the answer is not the wheel (status %i)', async (status) => {
    await using server = await serveWheel(content, wheel.file, { status });
    const { surroundings } = quietSurroundings();
    writeFileSync(part, content.subarray(0, 1_000));
    expect(await fetchWheel(server.address, part, wheel, surroundings)).toBe(false);
    expect(readFileSync(part).equals(content.subarray(0, 1_000))).toBe(true);
  });

  it('lets two runs at once write the same file', async () => {
    await using server = await serveWheel(content, wheel.file);
    const run = () => fetchWheel(server.address, part, wheel, quietSurroundings().surroundings);
    expect(await Promise.all([run(), run()])).toEqual([true, true]);
    expect(isWhole()).toBe(true);
  });
});
