import { expect, it } from 'vitest';
import { createTfjsEngine } from '../../src/model/engines/tfjs/engine.ts';
import { scorerOf } from '../../src/model/scorer.ts';
import { enginesAgree } from '../model/engines/agreement.ts';
import { expectClose } from '../model/engines/close.ts';
import { describeNative, describeTensorFlow } from '../model/engines/kinds.ts';
import { gradientsAreRight } from '../model/network/gradients.ts';
import { smallModel } from '../model/support.ts';

enginesAgree([
  ['unmasked padding', 5_000],
  ['masked padding', 5_000],
  ['masked padding and mean+max pooling', 5_000],
]);

describeTensorFlow('the tfjs engine', (load) => {
  it('scores 10,000 words', async () => {
    const model = await smallModel('gru_1layer_bi_3out', { padTo: null, masked: true, maxTokens: 10_000 });
    const engine = createTfjsEngine(await load(), model);
    const score = scorerOf(model, engine);
    const words = Array.from({ length: 10_000 }, (_, index) => `w${2 + ((index * 7) % 38)}`).join(' ');
    const scores = await score([words, 'w3']);
    expect([...scores].every((probability) => probability > 0 && probability < 1)).toBe(true);
    expectClose(scores.subarray(2), await score(['w3']));
    await engine.close();
  });
});

describeNative('gradients on native TensorFlow', gradientsAreRight);
