import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { batchOf, bucketOf } from '../../../../src/model/batches.ts';
import { createOnnxEngine } from '../../../../src/model/engines/onnx/engine.ts';
import { isFolded } from '../../../../src/model/engines/onnx/folded.ts';
import { onnxGraph } from '../../../../src/model/engines/onnx/graph.ts';
import { OPTIONS } from '../../../../src/model/engines/onnx/session.ts';
import { smallNetwork, weightsOf } from '../../network/support.ts';
import { specOf } from '../../support.ts';

describe('a GRU that reads its first layer from tables', () => {
  const network = smallNetwork({ hidden: 5, embedding: 3, pooling: 'mean_max_attention' });
  const weights = weightsOf(network);

  it('gives what the operation gives, for every length around the edges of the fixed widths', async () => {
    expect(isFolded(network)).toBe(true);
    const engine = await createOnnxEngine({ spec: specOf(network), weights, networkSha256: 'n' });
    const operation = await InferenceSession.create(onnxGraph(network, { masked: true }, weights), OPTIONS);
    for (let length = 1; length <= 80; length += 1) {
      const texts = [length, Math.max(1, length - 1), 1].map((words) =>
        Int32Array.from({ length: words }, (_, step) => (7 * step + length) % network.vocabulary),
      );
      const batch = batchOf({ rows: [0, 1, 2], width: bucketOf(length) }, texts);
      const { logits } = await operation.run({
        ids: new Tensor('int32', batch.ids, [3, batch.width]),
        lengths: new Tensor('int32', batch.lengths, [3]),
      });
      const expected = logits?.data as Float32Array;
      const differences = (await engine.logits(batch)).map((logit, index) => Math.abs(logit - (expected[index] ?? 9)));
      expect(Math.max(...differences)).toBeLessThan(1e-5);
    }
    await engine.close();
    await operation.release();
  });

  it('keeps to the operation where tables would take too much memory, and for other cells', () => {
    expect(isFolded({ ...network, vocabulary: 400_000, hidden: 128 })).toBe(false);
    expect(isFolded({ ...network, kind: 'lstm' })).toBe(false);
  });
});
