import { stat } from 'node:fs/promises';
import type { Progress } from '../../context.ts';
import { MonitorError, throwIfAborted } from '../../errors.ts';
import { checkFolderOf, writeFileAtomic } from '../../files.ts';
import { cleanText } from '../../ingest/text.ts';
import { nextTurn } from '../../next-turn.ts';
import { tokensOf } from '../tokenizer.ts';
import { type SkipGramOptions, skipGram } from './skip-gram.ts';
import { readTextRows } from './text-rows.ts';

/** Vectors are of the words that the tokeniser `social` gives. */
const SOCIAL = { name: 'social', version: 1, reads: 'cleaned', max_tokens: 1_000 } as const;

export interface LearnVectorsOptions extends Omit<SkipGramOptions, 'onTexts' | 'negatives'> {
  /** CSV or JSONL files with a text in each row; labels are not looked at. */
  readonly data: readonly string[];
  readonly textColumn: string;
  /** Words that occur less often get no vector. */
  readonly minCount: number;
  /** A text file in word2vec's format. */
  readonly out: string;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

const NEGATIVES = 5;

/**
 * Learns word vectors from texts without labels, and writes them as word2vec does: how many and how long, then a word and its
 * numbers a line. Equal texts are read once, since a post that a thousand people repeat says no more about its words.
 * Errors: writeFileAtomic's, those of a missing folder before anything is read; readTextRows's; E_INPUT without two words that occur often enough; E_INTERRUPTED.
 */
export async function learnVectors(options: LearnVectorsOptions): Promise<{ words: number; texts: number }> {
  const { data, textColumn, minCount, out, signal, progress } = options;
  await checkFolderOf(out);
  const texts = new Set<string>();
  for (const file of data) {
    progress.start('read', (await stat(file).catch(() => undefined))?.size);
    try {
      const columns = { text: textColumn, label: 'label' };
      for await (const rows of readTextRows(file, { columns, unlabelled: true, onRead: progress.advance })) {
        throwIfAborted(signal);
        for (const row of rows) if (!('skipped' in row)) texts.add(cleanText(row.text));
      }
    } finally {
      progress.finish();
    }
  }
  const tokens = Array.from(texts, (text) => tokensOf(SOCIAL, text));
  const counts = new Map<string, number>();
  for (const text of tokens) for (const word of text) counts.set(word, (counts.get(word) ?? 0) + 1);
  const words = [...counts].filter(([, count]) => count >= minCount).sort(([, a], [, b]) => b - a);
  if (words.length < 2)
    throw new MonitorError('E_INPUT', `The texts have ${words.length} words that occur ${minCount} times or more.`, {
      place: data[0] === undefined ? {} : { file: data[0] },
      remedy: 'Give more texts, or a smaller --min-count.',
    });
  const ids = new Map(words.map(([word], id) => [word, id]));
  const sequences = tokens.map((text) => Int32Array.from(text.flatMap((word) => ids.get(word) ?? [])));
  progress.start('vectors', options.epochs * sequences.length);
  let vectors: Float32Array;
  try {
    vectors = await skipGram(
      sequences,
      words.map(([, count]) => count),
      {
        ...options,
        negatives: NEGATIVES,
        onTexts: async (read) => {
          progress.advance(read);
          await nextTurn();
          throwIfAborted(signal);
        },
      },
    );
  } finally {
    progress.finish();
  }
  const { size } = options;
  const lines = words.map(([word], id) => {
    const numbers = Array.from(vectors.subarray(id * size, (id + 1) * size), (number) => number.toFixed(6));
    return `${word} ${numbers.join(' ')}\n`;
  });
  await writeFileAtomic(out, `${words.length} ${size}\n${lines.join('')}`);
  return { words: words.length, texts: texts.size };
}
