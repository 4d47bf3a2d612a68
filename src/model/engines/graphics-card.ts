import { existsSync } from 'node:fs';
import type { EngineChoice } from './engine.ts';
import { type TensorFlowState, tensorFlowState } from './tensorflow/state.ts';
import { WHEELS } from './tensorflow/wheels.ts';

/** Where Linux shows the first graphics card that CUDA can use; under WSL it is the second path. */
const GRAPHICS_CARDS = ['/dev/nvidia0', '/dev/dxg'];

/**
 * How many scoring processes there may be, of those that are wanted: TensorFlow.js runs in one only, because that one uses
 * every processor, or the whole graphics card, by itself.
 */
export function workersFor(choice: EngineChoice, wanted: number): number {
  return choice === 'tfjs' || (choice === 'auto' && mayUseGraphicsCard()) ? 1 : wanted;
}

/** Whether loading TensorFlow could find a graphics card. Asked first, because loading it takes seconds and much memory. */
export function mayUseGraphicsCard(cards = GRAPHICS_CARDS, state: () => TensorFlowState = tensorFlowState): boolean {
  if (!cards.some((path) => existsSync(path))) return false;
  const { installed, wheel } = state();
  return installed && wheel !== WHEELS.cpu.requirement;
}
