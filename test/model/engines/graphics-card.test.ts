import { expect, it } from 'vitest';
import { mayUseGraphicsCard, workersFor } from '../../../src/model/engines/graphics-card.ts';
import type { TensorFlowState } from '../../../src/model/engines/tensorflow/state.ts';
import { WHEELS } from '../../../src/model/engines/tensorflow/wheels.ts';

it('gives TensorFlow.js one scoring process, and ONNX Runtime as many as are wanted', () => {
  expect(workersFor('tfjs', 8)).toBe(1);
  expect(workersFor('onnx', 8)).toBe(8);
  expect(workersFor('auto', 8)).toBe(mayUseGraphicsCard() ? 1 : 8);
});

it('loads TensorFlow for a graphics card only where there are both a card and the build for one', () => {
  const card = [import.meta.filename];
  const none: TensorFlowState = { installed: false, library: false, addon: false };
  const built = (wheel?: string): TensorFlowState => ({
    ...{ installed: true, library: true, addon: true },
    ...(wheel !== undefined && { wheel }),
  });
  expect(mayUseGraphicsCard(card, () => none)).toBe(false);
  expect(mayUseGraphicsCard(card, () => built(WHEELS.cpu.requirement))).toBe(false);
  expect(mayUseGraphicsCard(card, () => built(WHEELS.gpu.requirement))).toBe(true);
  // A library that somebody put there by other ways may be for cards.
  expect(mayUseGraphicsCard(card, () => built())).toBe(true);
  expect(mayUseGraphicsCard(['/dev/no-such-card'], () => built(WHEELS.gpu.requirement))).toBe(false);
});
