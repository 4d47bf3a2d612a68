import { expect, it } from 'vitest';
import { createEngine } from '../../../src/model/engines/create.ts';
import { tensorFlowState } from '../../../src/model/engines/tensorflow/state.ts';
import { scorerOf } from '../../../src/model/scorer.ts';
import { smallModel } from '../support.ts';
import { expectClose } from './close.ts';
import { describeNative } from './kinds.ts';

const TEXTS = ['w3 w9 w17', '', 'w5'];

type Asked = Parameters<typeof createEngine>;

async function scoresBy(choice: Asked[0], mayUseCard?: Asked[2]) {
  const model = await smallModel('gru_1layer_bi_3out');
  const engine = await createEngine(choice, model, mayUseCard);
  const scores = await scorerOf(model, engine)(TEXTS);
  await engine.close();
  return scores;
}

describeNative('the engine that the settings name', () => {
  it('gives the probabilities that the other gives', async () => {
    expectClose(await scoresBy('tfjs'), await scoresBy('onnx'));
  });

  it('is chosen where there may be a graphics card, and gives the same whether there is one or not', async () => {
    expectClose(await scoresBy('auto', () => true), await scoresBy('onnx'));
  });
});

it.skipIf(tensorFlowState().installed)('is refused with what to install where TensorFlow is not', async () => {
  await expect(scoresBy('tfjs')).rejects.toMatchObject({ code: 'E_ENGINE_MISSING' });
});
