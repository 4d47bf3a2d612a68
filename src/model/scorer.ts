import type { Model } from './artifact.ts';
import { batchOf, planBatches } from './batches.ts';
import type { Engine } from './engines/engine.ts';
import { type Probabilities, probabilitiesOf } from './probabilities.ts';
import { tokenizerOfModel } from './tokenizer.ts';

/** Turns texts into probabilities, in the order of the texts. */
export type Scorer = (texts: readonly string[]) => Promise<Probabilities>;

/** A scorer of this model on this engine. Texts with the same tokens are run once. */
export function scorerOf(
  model: Pick<Model, 'spec' | 'vocabulary' | 'classifier'>,
  engine: Engine,
  tokensPerBatch = engine.tokensPerBatch,
): Scorer {
  const { padding, network } = model.spec;
  const tokenize = tokenizerOfModel(model);
  const fixedWidth = padding.masked ? undefined : (padding.to ?? undefined);
  return async (texts) => {
    const { sequences, sequenceOfText } = distinct(texts.map(tokenize));
    const plans = planBatches(
      sequences.map((sequence) => sequence.length),
      tokensPerBatch,
      fixedWidth,
    );
    const ofSequence = new Float64Array(2 * sequences.length);
    for (const plan of plans) {
      const probabilities = probabilitiesOf(await engine.logits(batchOf(plan, sequences)), network.outputs);
      for (const [index, row] of plan.rows.entries())
        ofSequence.set(probabilities.subarray(2 * index, 2 * index + 2), 2 * row);
    }
    const ofText = new Float64Array(2 * texts.length);
    for (const [text, row] of sequenceOfText.entries()) ofText.set(ofSequence.subarray(2 * row, 2 * row + 2), 2 * text);
    return ofText;
  };
}

/** The different sequences among these, and for each of these its place there. */
function distinct(all: readonly Int32Array[]): { sequences: Int32Array[]; sequenceOfText: number[] } {
  const sequences: Int32Array[] = [];
  const places = new Map<string, number>();
  const sequenceOfText = all.map((sequence) => {
    // Its bytes as they are: writing the numbers out cost five times as much.
    const key = Buffer.from(sequence.buffer, sequence.byteOffset, sequence.byteLength).toString('latin1');
    const known = places.get(key);
    if (known !== undefined) return known;
    places.set(key, sequences.length);
    return sequences.push(sequence) - 1;
  });
  return { sequences, sequenceOfText };
}
