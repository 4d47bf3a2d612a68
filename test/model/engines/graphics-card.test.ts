import { expect, it } from 'vitest';
import { mayUseGraphicsCard, workersFor } from '../../../src/model/engines/graphics-card.ts';

it('gives TensorFlow.js one scoring process, and ONNX Runtime as many as are wanted', () => {
  expect(workersFor('tfjs', 8)).toBe(1);
  expect(workersFor('onnx', 8)).toBe(8);
  expect(workersFor('auto', 8)).toBe(mayUseGraphicsCard() ? 1 : 8);
});
