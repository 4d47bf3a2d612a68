import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Model } from '../../src/model/artifact.ts';
import { Builder } from '../../src/model/engines/onnx/builder.ts';
import { onnxFile, valueInfo } from '../../src/model/engines/onnx/onnx-format.ts';
import { importOnnx, type OnnxImportOptions } from '../../src/model/import-onnx.ts';
import type { Grade } from '../../src/model/network-spec.ts';

/** The words that a tiny classifier knows, and the logit that each adds to its class; `<s>` and `</s>` stand around a text. */
export interface TinyClassifier {
  readonly classes: readonly Grade[];
  /** For each word the logits of the classes, in their order. A word that is not here adds nothing. */
  readonly words: Readonly<Record<string, readonly number[]>>;
  readonly tokenTypes?: boolean;
}

const SPECIAL = ['<pad>', '<unk>', '<s>', '</s>'];

/** An ONNX file that sums its words' logits, with the inputs and the output that exporters give a transformer. */
function classifierFile({ classes, words, tokenTypes }: TinyClassifier): Uint8Array {
  const graph = new Builder();
  const rows = [...SPECIAL.map(() => classes.map(() => 0)), ...Object.values(words)];
  graph.floats('table', [rows.length, classes.length], Float32Array.from(rows.flat()));
  const mask = graph.add('Cast', ['attention_mask'], 'mask', { to: 1 });
  const masked = graph.add(
    'Mul',
    [
      graph.add('Gather', ['table', 'input_ids'], 'embedded', { axis: 0 }),
      graph.add('Unsqueeze', [mask, graph.integers(2)], 'column'),
    ],
    'masked',
  );
  graph.add('ReduceSum', [masked, graph.integers(1)], 'logits', { keepdims: 0 });
  const shape = ['batch', 'length'];
  return onnxFile({
    nodes: graph.nodes,
    initializers: graph.initializers,
    inputs: [
      valueInfo('input_ids', 'int64', shape),
      valueInfo('attention_mask', 'int64', shape),
      ...(tokenTypes ? [valueInfo('token_type_ids', 'int64', shape)] : []),
    ],
    outputs: [valueInfo('logits', 'float', ['batch', classes.length])],
    metadata: {},
  });
}

/** A tokenizer.json of whole words in small letters, as Hugging Face's library writes one. */
function tokenizerFile(words: readonly string[]): string {
  const tokens = [...SPECIAL, ...words];
  const special = (content: string) => ({ SpecialToken: { id: content, type_id: 0 } });
  return JSON.stringify({
    version: '1.0',
    truncation: { max_length: 12, strategy: 'LongestFirst', stride: 0, direction: 'Right' },
    padding: null,
    added_tokens: SPECIAL.map((content, id) => ({
      ...{ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true },
    })),
    normalizer: { type: 'Lowercase' },
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [special('<s>'), { Sequence: { id: 'A', type_id: 0 } }, special('</s>')],
      pair: [],
      special_tokens: {
        '<s>': { id: '<s>', ids: [2], tokens: ['<s>'] },
        '</s>': { id: '</s>', ids: [3], tokens: ['</s>'] },
      },
    },
    decoder: null,
    model: {
      ...{ type: 'WordPiece', unk_token: '<unk>', continuing_subword_prefix: '##', max_input_chars_per_word: 100 },
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
    },
  });
}

/** Writes both files into a folder, and what importing them takes. */
export function classifierImport(
  folder: string,
  tiny: TinyClassifier,
  changes: Partial<OnnxImportOptions> = {},
): OnnxImportOptions {
  const files = { onnx: join(folder, 'given.onnx'), tokenizer: join(folder, 'given.json') };
  writeFileSync(files.onnx, classifierFile(tiny));
  writeFileSync(files.tokenizer, tokenizerFile(Object.keys(tiny.words)));
  return {
    ...{ ...files, labels: tiny.classes, out: join(folder, 'accurate'), name: 'accurate', title: 'Accurate' },
    ...{ reads: 'original', maxTokens: undefined, htmlEntities: true, links: 'http', mentions: '@user' },
    ...changes,
  };
}

/** A model of such a classifier. */
export function makeTinyClassifier(folder: string, tiny: TinyClassifier, name = 'accurate'): Promise<Model> {
  return importOnnx(classifierImport(folder, tiny, { name, out: join(folder, name) }));
}
