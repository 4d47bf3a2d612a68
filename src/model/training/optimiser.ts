import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../network/tensorflow.ts';
import type { Recipe } from './recipe.ts';

/** A variable that is trained, with the running sums of its gradients and of their squares. */
export interface Trained {
  readonly variable: Variable;
  readonly first: Variable;
  readonly second: Variable;
  /** Steps that it took part in: word vectors may come later than the rest. */
  steps: number;
}

export interface Optimiser {
  /** One step with these gradients, by name, which it disposes. */
  step(gradients: ReadonlyMap<string, Tensor>, learningRate: number): void;
}

/**
 * Adam (Kingma and Ba 2015) and AdamW (Loshchilov and Hutter 2019) with PyTorch's results, after clipping the gradients by
 * their common norm.
 *
 * The sums are kept without the factors (1 − β): first = Σ β₁ᵏ·g, second = Σ β₂ᵏ·g², and the factors go into the two scalars of
 * the update. That saves two passes over every parameter, and the passes are what a step costs.
 */
export function optimiserOf(
  tf: TensorFlow,
  trained: ReadonlyMap<string, Trained>,
  recipe: Pick<Recipe, 'optimiser' | 'clip'>,
): Optimiser {
  const { kind, weight_decay: decay, epsilon } = recipe.optimiser;
  const [beta1, beta2] = recipe.optimiser.betas;
  return {
    step: (gradients, learningRate) => {
      tf.tidy(() => {
        const shrink = recipe.clip === null ? undefined : shrinkOf(tf, [...gradients.values()], recipe.clip);
        for (const [name, raw] of gradients) {
          const parameter = trained.get(name);
          if (!parameter) throw new Error(`no parameter ${name}`);
          const { variable, first, second } = parameter;
          parameter.steps += 1;
          tf.tidy(() => {
            let gradient = shrink ? tf.mul(raw, shrink) : raw;
            if (kind === 'adam' && decay > 0) gradient = tf.add(gradient, tf.mul(variable, decay));
            first.assign(tf.add(tf.mul(first, beta1), gradient));
            second.assign(tf.add(tf.mul(second, beta2), tf.square(gradient)));
            // PyTorch: lr / (1 − β₁ᵗ) · m / (√(v / (1 − β₂ᵗ)) + ε), with m = (1 − β₁)·first and v = (1 − β₂)·second.
            const spread = Math.sqrt((1 - beta2 ** parameter.steps) / (1 - beta2));
            const rate = (learningRate * (1 - beta1) * spread) / (1 - beta1 ** parameter.steps);
            const change = tf.mul(tf.div(first, tf.add(tf.sqrt(second), epsilon * spread)), rate);
            const kept = kind === 'adamw' && decay > 0 ? tf.mul(variable, 1 - learningRate * decay) : variable;
            variable.assign(tf.sub(kept, change));
          });
        }
      });
      for (const gradient of gradients.values()) gradient.dispose();
    },
  };
}

/** The factor that brings the gradients' common norm down to the limit; 1 below it. PyTorch's, with its 1e-6. */
function shrinkOf(tf: TensorFlow, gradients: readonly Tensor[], limit: number): Tensor {
  const squares = gradients.map((gradient) => tf.sum(tf.square(gradient)));
  const norm = tf.sqrt(tf.addN(squares));
  return tf.minimum(tf.div(limit, tf.add(norm, 1e-6)), 1);
}
