// How fast networks of other sizes than the shipped one score, as a ratio within one run: `node bench/sizes.ts [--rows 20000]`.
// Weights are drawn by chance, which changes no speed; texts are invented ones, read by the shipped model's tokeniser.
import { parseArgs } from 'node:util';
import { formatTable } from '../src/cli/output.ts';
import { findModel, loadModel } from '../src/model/artifact.ts';
import { createOnnxEngine } from '../src/model/engines/onnx/engine.ts';
import type { RecurrentSpec } from '../src/model/network-spec.ts';
import { scorerOf } from '../src/model/scorer.ts';
import { syntheticRows } from '../src/model/synthetic/rows.ts';
import { initialWeights } from '../src/model/training/initial-weights.ts';
import { median } from './median.ts';

const { values } = parseArgs({
  options: { rows: { type: 'string', default: '20000' }, runs: { type: 'string', default: '5' } },
});
const shipped = await loadModel(findModel('social'));
const { network } = shipped.spec;
if (network.kind !== 'gru') throw new Error('the shipped network is no GRU');
const texts = Array.from(syntheticRows({ rows: Number(values.rows), classes: 3, seed: 1 }), ({ text }) => text);

const sizes = [32, 64, 96, 128].flatMap((hidden) => [50, 100, 128].map((embedding) => ({ hidden, embedding })));
const candidates = await Promise.all(
  sizes.map(async ({ hidden, embedding }) => {
    const sized: RecurrentSpec = { ...network, hidden, embedding };
    const drawn = initialWeights(sized, shipped.vocabulary, undefined, 1);
    const weights = new Map([...drawn].map(([name, tensor]) => [name, { type: 'F32' as const, ...tensor }]));
    const parameters = [...drawn.values()].reduce((sum, { data }) => sum + data.length, 0);
    const model = { ...shipped, spec: { ...shipped.spec, network: sized }, weights };
    const engine = await createOnnxEngine(model);
    return {
      hidden,
      embedding,
      megabytes: (2 * parameters) / 1e6,
      score: scorerOf(model, engine),
      seconds: [] as number[],
    };
  }),
);
// Turn by turn, so that a busy moment of the machine meets all of them alike.
for (let run = 0; run <= Number(values.runs); run += 1)
  for (const candidate of candidates) {
    const start = process.cpuUsage();
    await candidate.score(texts);
    const { user, system } = process.cpuUsage(start);
    if (run > 0) candidate.seconds.push((user + system) / 1e6);
  }

const own = candidates.find(({ hidden, embedding }) => hidden === network.hidden && embedding === network.embedding);
console.log(
  formatTable(
    ['hidden', 'vectors', 'MB', 'posts a second of processor time', 'of the shipped size'],
    candidates.map(({ hidden, embedding, megabytes, seconds }) => [
      String(hidden),
      String(embedding),
      megabytes.toFixed(1),
      Math.round(texts.length / median(seconds)).toLocaleString('en-US'),
      own ? (median(own.seconds) / median(seconds)).toFixed(2) : '',
    ]),
  ),
);
console.log(`\n${texts.length} invented posts, Node ${process.version}, median of ${values.runs} turns`);
