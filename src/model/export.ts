import { resolve } from 'node:path';
import { MonitorError } from '../errors.ts';
import { writeFileAtomic } from '../files.ts';
import type { Model } from './artifact.ts';
import { INPUT_IDS, INPUT_LENGTHS, OUTPUT_PROBABILITIES, onnxGraph } from './engines/onnx/graph.ts';
import { ownNetwork } from './network-spec.ts';
import { filesOf } from './spec.ts';

/** What an exported file says of itself. Values are text: names, hashes, and JSON where there is more than one word. */
function metadataOf({ spec, networkSha256 }: Pick<Model, 'spec' | 'networkSha256'>): Record<string, string> {
  const { name, title, labels, tokenizer, padding, threshold, vocabulary_sha256, weights_sha256, calibration } = spec;
  return {
    name,
    title,
    labels: labels.join(','),
    threshold: String(threshold),
    // To be applied to the file's probabilities, which are the network's own.
    ...(calibration && { calibration: JSON.stringify(calibration) }),
    tokenizer: JSON.stringify(tokenizer),
    padding: JSON.stringify(padding),
    network_sha256: networkSha256,
    vocabulary_sha256,
    weights_sha256,
  };
}

/** What was written, and what goes in and comes out. */
export interface Exported {
  readonly file: string;
  readonly bytes: number;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Writes a model as an ONNX file that ONNX Runtime runs without this program: `ids` (int32, batch × width) and, where padding
 * is masked, `lengths` (int32, batch) go in, `probabilities` (float, batch × classes in the order of `labels`) come out.
 * Texts become ids by the model's own vocab.json. Written beside and renamed; a file of that name is replaced.
 * Errors: E_FILE when it can't be written, E_USAGE for a classifier that came as ONNX.
 */
export async function exportOnnx(model: Model, file: string): Promise<Exported> {
  const { padding } = model.spec;
  if (model.spec.network.kind === 'onnx')
    throw new MonitorError('E_USAGE', `${model.spec.name} came as an ONNX file.`, {
      place: { file: model.directory },
      remedy: `Copy ${filesOf(model.spec.network).weights} and tokenizer.json out of its folder.`,
    });
  const network = ownNetwork(model.spec);
  const metadata = metadataOf(model);
  const bytes = onnxGraph(network, padding, model.weights, { metadata });
  await writeFileAtomic(file, bytes);
  return {
    file: resolve(file),
    bytes: bytes.length,
    inputs: padding.masked ? [INPUT_IDS, INPUT_LENGTHS] : [INPUT_IDS],
    output: OUTPUT_PROBABILITIES,
    metadata,
  };
}
