import { describe, expect, it } from 'vitest';
import { learningCurveSvg } from '../../reports/learning-curve.ts';
import { svgToPng } from '../../reports/png.ts';

const curve = {
  epochs: [1, 2, 3],
  training_loss: [0.9, 0.7, 0.6],
  validation: { loss: [0.8, 0.72, 0.74], macro_recall: [0.61, 0.68, 0.67] },
  best_epoch: 2,
};

describe('a learning curve', () => {
  it('shows loss and recall, and is a picture', () => {
    const svg = learningCurveSvg(curve, 'Social <posts>');
    expect(svg).toContain('Social &lt;posts&gt;');
    expect(svg).toContain('held out');
    expect(Buffer.from(svgToPng(svg, 760)).subarray(1, 4).toString()).toBe('PNG');
  });

  it('shows the training loss alone when nothing was held out, and a single epoch', () => {
    const alone = { epochs: [1], training_loss: [0.9], validation: { loss: [], macro_recall: [] }, best_epoch: null };
    expect(learningCurveSvg(alone, 'x')).not.toContain('held out');
  });
});
