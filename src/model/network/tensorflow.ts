import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tensors } from '../safetensors.ts';

/** TensorFlow.js's operations, on whichever backend it was loaded with. They are passed in, because the package is optional. */
export type TensorFlow = typeof import('@tensorflow/tfjs-core');

/** A network's parameters on the device, by PyTorch's names and in PyTorch's shapes. Constants or variables. */
export type Parameters = ReadonlyMap<string, Tensor>;

/** Copies weights to the device. The caller disposes them. */
export function parametersOf(tf: TensorFlow, weights: Tensors): Parameters {
  return new Map([...weights].map(([name, { shape, data }]) => [name, tf.tensor(data, [...shape], 'float32')]));
}

/** A parameter by its name. The model was checked when it was loaded, so a missing one is a defect of the program. */
export function parameter<Kind extends Tensor>(parameters: Parameters, name: string): Kind {
  const tensor = parameters.get(name);
  if (!tensor) throw new Error(`no parameter ${name}`);
  return tensor as Kind;
}
