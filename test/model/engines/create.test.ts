import { expect, it } from 'vitest';
import { createEngine } from '../../../src/model/engines/create.ts';
import { tensorFlowState } from '../../../src/model/engines/tensorflow/state.ts';
import { scorerOf } from '../../../src/model/scorer.ts';
import { smallModel } from '../support.ts';
import { expectClose } from './close.ts';
import { describeNative } from './kinds.ts';

const TEXTS = ['w3 w9 w17', '', 'w5'];

async function scoresBy(choice: Parameters<typeof createEngine>[0]) {
  const model = await smallModel('gru_1layer_bi_3out');
  const engine = await createEngine(choice, model);
  const scores = await scorerOf(model, engine)(TEXTS);
  await engine.close();
  return scores;
}

describeNative('the engine that the settings name', () => {
  it('gives the probabilities that the other gives', async () => {
    expectClose(await scoresBy('tfjs'), await scoresBy('onnx'));
  });
});

it.skipIf(tensorFlowState().installed)('is refused with what to install where TensorFlow is not', async () => {
  await expect(scoresBy('tfjs')).rejects.toMatchObject({ code: 'E_ENGINE_MISSING' });
});
