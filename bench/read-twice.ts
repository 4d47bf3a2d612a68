import { MonitorError } from '../src/errors.ts';
import { findModel, loadModel } from '../src/model/artifact.ts';
import type { Rates } from '../src/model/calibration.ts';
import { createEngine } from '../src/model/engines/create.ts';
import type { TwiceRead } from '../src/model/evaluation/sampled-days.ts';
import { judge } from '../src/model/probabilities.ts';
import { scorerOf } from '../src/model/scorer.ts';
import { cleanerOf } from '../src/model/tokenizer.ts';
import { readLabelled } from '../src/model/training/labelled-rows.ts';

/** How right a model is, and how fast in this process. */
export interface ReaderFigures {
  readonly name: string;
  /** The mean over the classes of how many of their texts the model recognises. */
  readonly macroRecall: number;
  /** Texts for each second of processor time, reading and tokenising included. */
  readonly postsPerSecond: number;
}

/**
 * Labelled texts as two models of the same classes read them, in this process, with what corrects the first one's rates.
 * Errors: findModel's, loadModel's, readLabelled's; E_USAGE when the first has no such correction.
 */
export async function readTwice(
  data: string,
  fast: string,
  accurate: string,
): Promise<{ posts: TwiceRead[]; labels: readonly string[]; rates: Rates; models: ReaderFigures[] }> {
  const [one, other] = [await readBy(data, fast), await readBy(data, accurate)];
  const { labels, rates } = one.spec;
  if (rates === undefined)
    throw new MonitorError('E_USAGE', `${one.spec.name} has no correction of rates to compare with.`, {
      remedy: 'Make a model that has one: monitor model calibrate',
    });
  const posts = one.posts.map((post, row) => ({ ...post, accurate: other.posts[row]?.predicted === 'positive' }));
  return { posts, labels, rates, models: [one.figures, other.figures] };
}

async function readBy(data: string, use: string) {
  const model = await loadModel(findModel(use));
  const engine = await createEngine('onnx', model);
  const [score, clean] = [scorerOf(model, engine), cleanerOf(model.spec.tokenizer)];
  const posts: Omit<TwiceRead, 'accurate'>[] = [];
  const before = process.cpuUsage();
  for await (const batch of readLabelled(data)) {
    const rows = batch.flatMap((row) => ('skipped' in row ? [] : [row]));
    const raw = await score(rows.map(({ text }) => clean(text)));
    for (const [row, { label }] of rows.entries())
      posts.push({ userId: null, ...judge(model, raw[2 * row] ?? Number.NaN, raw[2 * row + 1] ?? Number.NaN), label });
  }
  const { user, system } = process.cpuUsage(before);
  await engine.close();
  const recalls = model.spec.labels.map((name) => {
    const own = posts.filter(({ label }) => label === name);
    return own.filter(({ predicted }) => predicted === name).length / own.length;
  });
  const macroRecall = recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length;
  const figures = { name: model.spec.name, macroRecall, postsPerSecond: posts.length / ((user + system) / 1e6) };
  return { spec: model.spec, posts, figures };
}
