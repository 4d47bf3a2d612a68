import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { DeepSpec } from '../network-spec.ts';
import { bucketsOf, ngramsIn } from '../ngrams.ts';
import type { Layout } from './layout.ts';
import { type Parameters, parameter, type TensorFlow } from './tensorflow.ts';

/** The wide branch's logits, batch × outputs: the sum of what each of a text's n-grams adds to each class, scaled as the network says. */
export function wideLogits(
  tf: TensorFlow,
  wide: NonNullable<DeepSpec['wide']>,
  parameters: Parameters,
  ids: Int32Array,
  { steps, batch, lengths }: Layout,
): Tensor2D {
  const weight = parameter<Tensor2D>(parameters, 'wide.weight');
  const places = new Int32Array(wide.words * steps * batch);
  const counts = new Float32Array(places.length);
  for (let text = 0; text < batch; text += 1) {
    const own = Int32Array.from({ length: lengths[text] ?? 0 }, (_, step) => ids[step * batch + text] ?? 0);
    for (let words = 1; words <= wide.words; words += 1)
      for (const [step, bucket] of bucketsOf(own, words, wide.buckets).entries()) {
        if (bucket < 0) continue;
        const place = ((words - 1) * steps + step) * batch + text;
        places[place] = bucket;
        counts[place] = 1;
      }
  }
  const gathered = tf.gather(weight, tf.tensor1d(places, 'int32'));
  const counted = tf.mul(gathered, tf.tensor2d(counts, [counts.length, 1]));
  const sums = tf.sum<Tensor2D>(tf.reshape(counted, [wide.words * steps, batch, weight.shape[1]]), 0);
  if (wide.scale === undefined) return sums;
  const ngrams = Float32Array.from({ length: batch }, (_, text) => ngramsIn(lengths[text] ?? 0, wide.words));
  return tf.div(sums, tf.sqrt(tf.tensor2d(ngrams, [batch, 1])));
}
