import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Papa from 'papaparse';
import { afterAll, expect, it } from 'vitest';
import { secondReaders } from '../../jobs/second-opinion.ts';
import { teach } from '../../jobs/teach.ts';
import { findModel, loadModel } from '../../src/model/artifact.ts';
import { loadTensorFlow } from '../../src/model/engines/tensorflow/load.ts';
import { evaluateModel } from '../../src/model/evaluation/evaluate.ts';
import { createPool } from '../../src/model/pool.ts';
import { recipeSchema } from '../../src/model/training/recipe.ts';
import { trainModel } from '../../src/model/training/train.ts';
import { makeJobFolder } from '../support/job.ts';
import { describeShared, sharedPath } from '../support/shared.ts';
import { silentProgress } from '../support/silent.ts';

const SOURCE = 'gop-debate';

/** A small network that never saw a tweet of that source, in two epochs. */
const RECIPE = recipeSchema.parse({
  ...{ name: 'small', title: 'Small', classes: 3 },
  split: { validation: 0.05, seed: 7 },
  sources: { [SOURCE]: { weight: 0 } },
  tokenizer: { name: 'social', version: 2, reads: 'cleaned', max_tokens: 80 },
  vocabulary: { size: 10_000, min_count: 3, pieces: 2_000 },
  network: { kind: 'gru', layers: 1, bidirectional: true, embedding: 64, hidden: 32, pooling: 'mean_max_attention' },
  dropout: { word: 0.1, embedding: 0.2, state: 0.4 },
  optimiser: { kind: 'adam', learning_rate: 0.004 },
  ...{ clip: 1, epochs: 2, batch: { rows: 256 }, average_weights: 0.998, seed: 1 },
  calibration: { method: 'vector', decision: 'macro_recall' },
});

describeShared('teaching on a source that the model in use never saw (native TensorFlow, about ten minutes)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-teaching-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('makes it better on that source’s other posts, without their labels', { timeout: 3_600_000 }, async () => {
    const { signal } = new AbortController();
    const tensorFlow = await loadTensorFlow({ kind: 'native' });
    const train = sharedPath('data', 'tweets', 'train.csv.gz');
    const { model } = await trainModel({
      ...{ data: [train], recipe: RECIPE, out: join(folder, 'small'), tensorFlow },
      ...{ signal, clock: Date.now, progress: silentProgress },
    });
    const { data } = Papa.parse<Record<string, string>>(gunzipSync(readFileSync(train)).toString(), {
      ...{ header: true, skipEmptyLines: true },
    });
    const own = data.filter(({ source }) => source === SOURCE);
    const rest = join(folder, 'rest.csv');
    writeFileSync(rest, Papa.unparse(own.filter((_, row) => row % 2 === 1)));
    const posts = own.flatMap(({ id, text }, row) =>
      row % 2 === 0 ? [{ id, text, created_at: '2026-03-01T12:00:00Z' }] : [],
    );

    const job = makeJobFolder({ model: { use: model.directory } });
    job.drop('posts.csv', Papa.unparse(posts));
    await job.nightly('2026-03-02', { reports: false });
    const taught = await job.session(async (session) => {
      const readers = secondReaders(session);
      const teacher = await readers.start(await loadModel(findModel('social-accurate')));
      const out = join(folder, 'taught');
      return teach(session, { teacher, posts: 2_500, seed: 1, out, tensorFlow }).finally(() => readers.close());
    });
    job.remove();

    const recallOf = async (use: typeof model) => {
      const pool = createPool({ model: use, workers: availableParallelism() });
      try {
        const measured = { model: use, data: rest, pool, signal, progress: silentProgress };
        return (await evaluateModel({ ...measured, bootstrap: { resamples: 0, seed: 1 } })).macro_recall;
      } finally {
        await pool.close();
      }
    };
    const figures = { before: await recallOf(model), after: await recallOf(taught.model), of: taught.teacherLogLoss };
    process.stdout.write(`${JSON.stringify(figures)}\n`);
    expect(figures.after).toBeGreaterThan(figures.before + 0.005);
  });
});
