// Measures the program on this machine, with invented posts and no network: `npm run bench` prints it, `--json` as one JSON
// document. `--posts 10000000` works, `--only pipeline` leaves the rest out, `--only night` also the stages one by one; `--model shipped` or `tutorial-sized` runs one model.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchIngest } from './ingest.ts';
import { commonWords, makeTutorialSized } from './models.ts';
import { benchPaths } from './paths.ts';
import { benchPipeline, type PipelineFigures } from './pipeline.ts';
import { printFigures } from './print.ts';

const { values } = parseArgs({
  options: {
    posts: { type: 'string', default: '200000' },
    sample: { type: 'string', default: '4096' },
    runs: { type: 'string', default: '3' },
    only: { type: 'string' },
    model: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const [posts, runs] = [Number(values.posts), Number(values.runs)];
const wanted = (part: string) => values.only === undefined || values.only === part;
const folder = mkdtempSync(join(tmpdir(), 'monitor-bench-models-'));
try {
  const tutorial = await makeTutorialSized(folder);
  const words = await commonWords();
  const pipeline: Record<string, PipelineFigures> = {};
  for (const [name, use] of [
    ['shipped', 'social'],
    ['tutorial-sized', tutorial.directory],
  ] as const)
    if ((wanted('pipeline') || values.only === 'night') && (values.model ?? name) === name)
      pipeline[name] = await benchPipeline(posts, use, wanted('pipeline'));
  const figures = {
    machine: { processor: cpus()[0]?.model.trim() ?? '', processors: availableParallelism(), node: process.version },
    paths: wanted('paths') ? await benchPaths(tutorial, words, Number(values.sample), runs) : [],
    pipeline,
    ingest: wanted('ingest') ? await benchIngest(posts, runs) : null,
  };
  if (values.json) console.log(JSON.stringify(figures, null, 2));
  else printFigures(figures);
} finally {
  rmSync(folder, { recursive: true });
}
