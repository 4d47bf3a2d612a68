// Run by `checkNative`: exits 0 and prints where it computed if native TensorFlow loads and multiplies two matrices rightly.
import { loadTensorFlow } from './load.ts';

const { tf, device } = await loadTensorFlow({ kind: 'native' });
const product = tf.matMul(
  tf.tensor2d([
    [1, 2],
    [3, 4],
  ]),
  tf.tensor2d([
    [5, 6],
    [7, 8],
  ]),
);
const values = [...(await product.data())];
process.stdout.write(`${JSON.stringify({ device, values })}\n`);
if (values.join() !== '19,22,43,50') process.exitCode = 1;
