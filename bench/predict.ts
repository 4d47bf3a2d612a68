// Measures `POST /api/predict` with the shipped model: one client alone, with batches and without, then many at once.
// `node bench/predict.ts --clients 50 --seconds 30`
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatTable } from '../src/cli/output.ts';
import { percentile, startBenchServer } from './dashboard-client.ts';
import { predictClient } from './predict-client.ts';

const { values } = parseArgs({
  options: { clients: { type: 'string', default: '50' }, seconds: { type: 'string', default: '30' } },
});
const [clients, seconds] = [Number(values.clients), Number(values.seconds)];
/** Turns of the two servers, so that other work on the machine meets both; requests in each. */
const [TURNS, REQUESTS] = [10, 50];

const folder = mkdtempSync(join(tmpdir(), 'monitor-bench-'));
const configFile = join(folder, 'monitor.yaml');
writeFileSync(configFile, 'brands: { acme: { match: { any: [acme] } } }\n');
const textOf = (index: number) => `the crew was great but the flight was late again and nobody told us why, ${index}`;
try {
  const batched = await startBenchServer(configFile);
  const unbatched = await startBenchServer(configFile, 'unbatched');
  const alone = { batched: [] as number[], unbatched: [] as number[] };
  for (const [name, { url }] of [
    ['batched', batched],
    ['unbatched', unbatched],
  ] as const) {
    const client = await predictClient(url);
    // The first ones wait for the model.
    for (let index = 0; index < 200; index += 1) await client.ask(textOf(index));
    client.close();
    alone[name] = [];
  }
  for (let turn = 0; turn < TURNS; turn += 1)
    for (const [name, { url }] of [
      ['batched', batched],
      ['unbatched', unbatched],
    ] as const) {
      const client = await predictClient(url);
      for (let index = 0; index < REQUESTS; index += 1) alone[name].push(await client.ask(textOf(index)));
      client.close();
    }
  await unbatched.stop();

  const before = await batched.use();
  const times: number[] = [];
  const errors = new Map<string, number>();
  const endMs = performance.now() + seconds * 1_000;
  await Promise.all(
    Array.from({ length: clients }, async (_, number) => {
      const client = await predictClient(batched.url);
      for (let index = number; performance.now() < endMs; index += clients)
        try {
          times.push(await client.ask(textOf(index)));
        } catch (thrown) {
          errors.set(String(thrown), (errors.get(String(thrown)) ?? 0) + 1);
        }
      client.close();
    }),
  );
  const after = await batched.use();
  await batched.stop();

  const line = (name: string, all: readonly number[]) => [
    name,
    ...[percentile(all, 0.5), percentile(all, 0.95), percentile(all, 0.99), percentile(all, 1)].map((ms) =>
      ms.toFixed(1),
    ),
  ];
  console.log(
    `${formatTable(
      ['milliseconds by the clock', 'median', '95 %', '99 %', 'slowest'],
      [
        line('one client, each text by itself', alone.unbatched),
        line('one client', alone.batched),
        line(`${clients} clients for ${seconds} s`, times),
      ],
    )}\n`,
  );
  const requests = after.requests - before.requests;
  const ratio = (a: readonly number[], b: readonly number[], share: number) =>
    (percentile(a, share) / percentile(b, share)).toFixed(2);
  console.log(
    formatTable(
      ['goal', 'wanted', 'measured'],
      [
        ['errors', '0', String([...errors.values()].reduce((sum, count) => sum + count, 0))],
        ['requests a batch, mean', 'at least 8', (requests / (after.batches - before.batches)).toFixed(1)],
        ['95th percentile : that of one client', 'at most 3', ratio(times, alone.batched, 0.95)],
        ['one client, median : each text by itself', 'at most 1.2', ratio(alone.batched, alone.unbatched, 0.5)],
        ['requests a second', '', (times.length / seconds).toFixed(0)],
        ['processor of the server, ms a request', '', ((after.cpuMs - before.cpuMs) / times.length).toFixed(2)],
        ['memory of the server, MB', '', `${before.rssMb.toFixed(0)} to ${after.rssMb.toFixed(0)}`],
      ],
    ),
  );
  for (const [message, count] of errors) console.log(`${count} times: ${message}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
