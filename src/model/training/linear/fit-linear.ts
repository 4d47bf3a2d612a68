import type { Progress } from '../../../context.ts';
import { throwIfAborted } from '../../../errors.ts';
import { nextTurn } from '../../../next-turn.ts';
import type { LinearSpec } from '../../network-spec.ts';
import { minimise } from './minimise.ts';
import { biasAt, type LinearLoss, type LinearRows, objectiveOf } from './objective.ts';

/** Where the slopes are small enough: a smaller one changes no figure. */
const TOLERANCE = 1e-4;

export interface FitLinearOptions {
  readonly loss: LinearLoss;
  readonly l2: number;
  readonly iterations: number;
  readonly factors: Float64Array | undefined;
  /** What the progress is called. */
  readonly name: string;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** Fits a linear model's weights, before their factors, and behind them its bias. Errors: E_INTERRUPTED on the signal. */
export async function fitLinear(
  network: LinearSpec,
  rows: LinearRows,
  { loss, l2, iterations, factors, name, signal, progress }: FitLinearOptions,
): Promise<{ point: Float64Array; iterations: number }> {
  progress.start(name, iterations);
  try {
    return await minimise(objectiveOf(network, rows, loss, l2, factors), biasAt(network) + network.outputs, {
      iterations,
      tolerance: TOLERANCE,
      onStep: async () => {
        progress.advance(1);
        await nextTurn();
        throwIfAborted(signal);
      },
    });
  } finally {
    progress.finish();
  }
}
