import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { type Parser, parse } from 'csv-parse';
import { beforeAll, expect, it } from 'vitest';
import type { Model } from '../../../src/model/artifact.ts';
import { createOnnxEngine } from '../../../src/model/engines/onnx/engine.ts';
import { createTfjsEngine } from '../../../src/model/engines/tfjs/engine.ts';
import type { Pooling } from '../../../src/model/network-spec.ts';
import { scorerOf } from '../../../src/model/scorer.ts';
import { describeShared, sharedPath } from '../../support/shared.ts';
import { makeTutorialModel } from '../../support/tutorial-model.ts';
import { temporaryDirectory } from '../support.ts';
import { expectClose } from './close.ts';
import { describeNative } from './kinds.ts';

const VARIANTS: Readonly<Record<string, { padding?: Model['spec']['padding']; pooling?: Pooling }>> = {
  'unmasked padding': {},
  'masked padding': { padding: { to: null, masked: true } },
  'masked padding and mean+max pooling': { padding: { to: null, masked: true }, pooling: 'mean_max' },
};

/** ONNX Runtime and native TensorFlow give so many real posts the same numbers, by a variant of the tutorial's network each. */
export function enginesAgree(cases: readonly (readonly [variant: string, posts: number])[]): void {
  describeShared('real posts', () => {
    describeNative('onnx and tfjs', (load) => {
      const posts: string[] = [];
      let tutorial: Model;
      beforeAll(async () => {
        tutorial = await makeTutorialModel(await temporaryDirectory());
        const file = createReadStream(sharedPath('data', 'posts', 'posts.csv.gz')).pipe(createGunzip());
        const rows: Parser = file.pipe(parse({ columns: true, to: Math.max(...cases.map(([, count]) => count)) }));
        for await (const row of rows) posts.push((row as { text: string }).text);
      });

      it.each(cases)('agree, with %s, on %i', { timeout: 300_000 }, async (variant, count) => {
        const { padding, pooling } = VARIANTS[variant] ?? {};
        const model = variantOf(tutorial, padding, pooling);
        const scores: Float64Array[] = [];
        for (const engine of [await createOnnxEngine(model), createTfjsEngine(await load(), model)]) {
          scores.push(await scorerOf(model, engine)(posts.slice(0, count)));
          await engine.close();
        }
        const [onnx = new Float64Array(), tfjs = new Float64Array()] = scores;
        expect(onnx.length).toBe(2 * count);
        expectClose(tfjs, onnx);
      });
    });
  });
}

/** The model with other padding, and with another pooling whose last layer takes the features twice. */
function variantOf(model: Model, padding = model.spec.padding, pooling?: Pooling): Model {
  const spec = { ...model.spec, padding, network: { ...model.spec.network, ...(pooling && { pooling }) } };
  if (pooling !== 'mean_max') return { ...model, spec };
  const { data, shape, type } = model.weights.get('fc.weight') ?? { data: new Float32Array(), shape: [], type: 'F32' };
  const twice = new Float32Array(2 * data.length);
  twice.set(data.map((weight) => weight / 2));
  twice.set(
    data.map((weight) => weight / 2),
    data.length,
  );
  const weights = new Map(model.weights).set('fc.weight', {
    type,
    shape: [shape[0] ?? 1, 2 * (shape[1] ?? 0)],
    data: twice,
  });
  return { ...model, spec, weights };
}
