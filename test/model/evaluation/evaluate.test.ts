import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { modelPageHtml } from '../../../reports/model-page.ts';
import { modelPictureSvg, PICTURE_WIDTH } from '../../../reports/model-picture.ts';
import { svgToPng } from '../../../reports/png.ts';
import { evaluationText } from '../../../src/cli/evaluation-output.ts';
import type { Model } from '../../../src/model/artifact.ts';
import { evaluateModel } from '../../../src/model/evaluation/evaluate.ts';
import { figuresOf } from '../../../src/model/evaluation/metrics.ts';
import { createPool } from '../../../src/model/pool.ts';
import { smallModel, specOf } from '../support.ts';

const folder = mkdtempSync(join(tmpdir(), 'monitor-evaluate-'));
const signal = new AbortController().signal;
const progress = { start: () => undefined, advance: () => undefined, finish: () => undefined };

/** A model that reads its probabilities off the text: "0.2 0.7" is p_negative and p_positive. */
const pool = {
  score: async (texts: readonly string[]) => Float64Array.from(texts.flatMap((text) => text.split(' ').map(Number))),
};
const network = {
  kind: 'gru',
  layers: 1,
  bidirectional: false,
  vocabulary: 4,
  embedding: 2,
  hidden: 2,
  pooling: 'last',
} as const;
const modelOf = (outputs: 1 | 3): Pick<Model, 'spec'> => ({ spec: specOf({ ...network, outputs }) });

async function evaluate(outputs: 1 | 3, rows: readonly (readonly [string, string])[]) {
  const data = join(folder, 'data.csv');
  writeFileSync(data, `label,text\n${rows.map(([label, text]) => `${label},${text}\n`).join('')}`);
  return evaluateModel({ data, model: modelOf(outputs), pool, signal, progress, bootstrap: { resamples: 0, seed: 1 } });
}

describe('figuresOf', () => {
  it('is what scikit-learn computes', () => {
    const figures = figuresOf({
      labels: ['a', 'b', 'c'],
      matrix: [
        [5, 1, 0],
        [2, 3, 1],
        [0, 0, 0],
      ],
    });
    expect(figures.rows).toBe(12);
    expect(figures.accuracy).toBeCloseTo(8 / 12, 12);
    expect(figures.per_class['a']).toEqual({ precision: 5 / 7, recall: 5 / 6, f1: 10 / 13, support: 6 });
    expect(figures.per_class['c']).toEqual({ precision: 0, recall: 0, f1: 0, support: 0 });
    // c has no rows, so it has no recall to be averaged.
    expect(figures.macro_recall).toBeCloseTo((5 / 6 + 3 / 6) / 2, 12);
  });
});

describe('evaluateModel', () => {
  it('counts three classes, and rows that it can’t measure', async () => {
    const evaluation = await evaluate(3, [
      ['negative', '0.8 0.1'],
      ['neutral', '0.1 0.2'],
      ['positive', '0.1 0.2'],
      ['1', '0.1 0.8'],
      ['maybe', '0 0'],
      ['positive', ''],
    ]);
    expect(evaluation.confusion).toEqual({
      labels: ['negative', 'neutral', 'positive'],
      matrix: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 1, 1],
      ],
    });
    expect(evaluation).toMatchObject({ rows: 4, accuracy: 0.75, macro_recall: 2.5 / 3 });
    expect(evaluation.skipped).toEqual({ 'label "maybe"': 1, 'no text': 1 });
    expect(evaluationText(evaluation)).toMatch(/accuracy 0\.7500.*\nLeft out: 1 × label "maybe", 1 × no text/);
  });

  it('asks a three-class model for the more probable of two where there is no neutral label', async () => {
    const { confusion, rows } = await evaluate(3, [
      ['negative', '0.2 0.1'],
      ['positive', '0.3 0.1'],
      ['positive', '0.1 0.2'],
    ]);
    expect(rows).toBe(3);
    expect(confusion).toEqual({
      labels: ['negative', 'positive'],
      matrix: [
        [1, 0],
        [1, 1],
      ],
    });
  });

  it('skips neutral texts for a two-class model', async () => {
    const { confusion, skipped } = await evaluate(1, [
      ['neutral', '0.5 0.5'],
      ['positive', '0.4 0.6'],
      ['negative', '0.4 0.6'],
    ]);
    expect(confusion).toEqual({
      labels: ['negative', 'positive'],
      matrix: [
        [0, 1],
        [0, 1],
      ],
    });
    expect(skipped).toEqual({ 'neutral: no class of the model': 1 });
  });

  it('measures each source and length by itself, or some sources alone', async () => {
    const data = join(folder, 'sources.csv');
    const row = (source: string, index: number) =>
      `${index % 2 ? 'positive' : 'negative'},0.${index % 9} 0.5${' x'.repeat(index % 12)},${source}\n`;
    const rows = Array.from({ length: 60 }, (_, index) =>
      row(index < 40 ? 'semeval-1' : index < 55 ? 'kaggle' : '', index),
    );
    writeFileSync(data, `label,text,source\n${rows.join('')}`);
    const options = { data, model: modelOf(3), pool, signal, progress, bootstrap: { resamples: 100, seed: 1 } };
    const columns = { text: 'text', label: 'label', group: 'source' };
    const scores = { score: (texts: readonly string[]) => pool.score(texts.map((text) => text.slice(0, 7))) };
    const all = await evaluateModel({ ...options, pool: scores, columns });
    expect(all.groups).toMatchObject({
      by: 'source',
      more: 0,
      parts: [
        { name: 'semeval-1', rows: 40 },
        { name: 'kaggle', rows: 15 },
        { name: '(empty)', rows: 5 },
      ],
    });
    expect(all.groups?.parts.map(({ intervals }) => intervals.accuracy === null)).toEqual([false, true, true]);
    expect(all.lengths.map(({ name, rows: count }) => [name, count])).toEqual([
      ['1–5', 20],
      ['6–10', 25],
      ['11–20', 15],
    ]);
    const some = await evaluateModel({ ...options, pool: scores, columns, only: 'semeval-*' });
    expect(some.rows).toBe(40);
    expect(some.skipped).toEqual({ 'source other than semeval-*': 20 });
    const missing = { ...columns, group: 'country' };
    expect((await evaluateModel({ ...options, pool: scores, columns: missing })).groups).toBeNull();
    await expect(evaluateModel({ ...options, pool: scores, columns: missing, mustGroup: true })).rejects.toMatchObject({
      code: 'E_INPUT',
      message: 'The file has no column "country" to group rows by.',
    });
    const page = modelPageHtml({ ...all, model: '<b>' });
    expect(page).toContain('<h2>By source</h2>');
    expect(page).not.toMatch(/<b>:|<script|https?:\/\/(?!www\.w3\.org)/);
    expect(
      Buffer.from(svgToPng(modelPictureSvg(some), PICTURE_WIDTH))
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
  });

  it('refuses data without any row to measure', async () => {
    await expect(evaluate(3, [['maybe', 'x']])).rejects.toMatchObject({ code: 'E_INPUT' });
  });
});

describe('evaluateModel with a real network', () => {
  let model: Model;
  beforeAll(async () => {
    model = await smallModel();
  });

  it('measures all rows of a long file, once each', async () => {
    const own = createPool({ model, workers: 2 });
    const data = join(folder, 'long.jsonl');
    const line = (row: number) =>
      JSON.stringify({
        text: `w${2 + (row % 38)} w${2 + (row % 7)}`,
        label: ['negative', 'neutral', 'positive'][row % 3],
      });
    writeFileSync(data, Array.from({ length: 9_001 }, (_, row) => line(row)).join('\n'));
    try {
      const { rows, confusion, per_class } = await evaluateModel({
        ...{ data, model, pool: own, signal, progress },
        bootstrap: { resamples: 0, seed: 1 },
      });
      expect(rows).toBe(9_001);
      expect(confusion.matrix.flat().reduce((sum, count) => sum + count, 0)).toBe(9_001);
      expect(per_class['negative']?.support).toBe(3_001);
    } finally {
      await own.close();
    }
  });
});
