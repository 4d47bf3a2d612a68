import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadModel, type Model } from '../../src/model/artifact.ts';
import { createEngine } from '../../src/model/engines/create.ts';
import { explainTexts } from '../../src/model/explain.ts';
import { exportOnnx } from '../../src/model/export.ts';
import { importOnnx } from '../../src/model/import-onnx.ts';
import { GRADES } from '../../src/model/network-spec.ts';
import { pinModel } from '../../src/model/pinned.ts';
import { predictTexts } from '../../src/model/predict-texts.ts';
import { scorerOf } from '../../src/model/scorer.ts';
import { THREE_CLASSES } from '../../src/model/spec.ts';
import { refuseOther } from '../../src/model/training/init.ts';
import { classifierImport, makeTinyClassifier, type TinyClassifier } from '../support/tiny-classifier.ts';

const WORDS = { good: [0, 0, 4], bad: [4, 0, 0], meh: [0, 4, 0], '@user': [0, 1, 0], http: [0, 2, 0] };
const THREE: TinyClassifier = { classes: [...THREE_CLASSES], words: WORDS };
const FIVE: TinyClassifier = {
  classes: [...GRADES],
  words: {
    awful: [9, 0, 0, 0, 0],
    poor: [0, 9, 0, 0, 0],
    ok: [0, 0, 9, 0, 0],
    fine: [0, 0, 0, 9, 0],
    superb: [0, 0, 0, 0, 9],
  },
};

describe('importOnnx', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'monitor-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function predict(model: Model, ...texts: string[]) {
    const engine = await createEngine('auto', model);
    const predictions = await predictTexts(model, texts, scorerOf(model, engine));
    await engine.close();
    return predictions;
  }

  it('makes a model like any other: loaded, kept, predicting, explained', async () => {
    const model = await makeTinyClassifier(folder, THREE);
    expect(await loadModel(model.directory)).toMatchObject({ modelSha256: model.modelSha256 });
    const kept = await pinModel(join(folder, 'data'), model);
    const [good, bad, empty] = await predict(kept, 'Good', 'this is BAD', '');
    expect([good?.predicted, bad?.predicted, empty?.predicted]).toEqual(['positive', 'negative', 'neutral']);
    expect(good?.pPositive).toBeCloseTo(Math.exp(4) / (Math.exp(4) + 2), 6);
    const engine = await createEngine('onnx', kept);
    const [explained] = await explainTexts(kept, ['so good today'], scorerOf(kept, engine));
    expect(explained?.pieces.map(({ token, effect }) => [token, effect > 0.1])).toEqual([
      ['so', false],
      ['good', true],
      ['today', false],
    ]);
    await engine.close();
  });

  it('reads the classes in the order that the file has them', async () => {
    const turned = await makeTinyClassifier(folder, {
      classes: ['positive', 'negative', 'neutral'],
      words: { good: [4, 0, 0], bad: [0, 4, 0], meh: [0, 0, 4] },
    });
    const predictions = await predict(turned, 'good', 'bad', 'meh');
    expect(predictions.map(({ predicted }) => predicted)).toEqual(['positive', 'negative', 'neutral']);
    const two = await makeTinyClassifier(folder, { classes: ['positive', 'negative'], words: { good: [4, 0] } }, 'two');
    expect((await predict(two, 'good'))[0]).toMatchObject({ predicted: 'positive', pNeutral: 0 });
  });

  it('scores five grades by the expected one, and takes the upper two for positive', async () => {
    const model = await makeTinyClassifier(folder, FIVE);
    const predictions = await predict(model, 'awful', 'poor', 'ok', 'fine', 'superb', 'fine superb', 'ok fine fine');
    expect(predictions.map(({ predicted }) => predicted)).toEqual([
      ...['negative', 'negative', 'neutral', 'positive', 'positive', 'positive', 'positive'],
    ]);
    const [weights, all] = [[1, 1, 1, Math.exp(9), 1], 4 + Math.exp(9)];
    const expected = weights.reduce((sum, weight, grade) => sum + (weight / all) * grade, 0) / 4;
    expect(predictions[3]?.score).toBeCloseTo(expected, 6);
  });

  it('prepares texts as told, and keeps what stands around them when it cuts', async () => {
    const { classifier, spec } = await makeTinyClassifier(folder, THREE);
    const words = ['good', 'bad', 'meh', '@user', 'http'];
    const ids = (...tokens: string[]) => [2, ...tokens.map((token) => words.indexOf(token) + 4), 3];
    expect(spec.tokenizer.max_tokens).toBe(12);
    expect([...(classifier?.encode('see https://a.b/c good') ?? [])]).toEqual([2, 1, ...ids('http', 'good').slice(1)]);
    expect([...(classifier?.encode('good '.repeat(40)) ?? [])]).toEqual(ids(...new Array<string>(10).fill('good')));
    expect([...(classifier?.encode('') ?? [])]).toEqual([2, 3]);
    expect(classifier?.encode('\ud800 \u0000 good')?.length).toBeGreaterThan(2);
  });

  it('gives token types to a file that asks for them', async () => {
    const model = await makeTinyClassifier(folder, { ...THREE, tokenTypes: true });
    expect(model.spec.network).toMatchObject({ token_types: true });
    expect((await predict(model, 'good'))[0]?.predicted).toBe('positive');
  });

  it('refuses what is no such classifier, and leaves nothing behind', async () => {
    const refusal = (code: string, message: RegExp) => ({ code, message: expect.stringMatching(message) as string });
    const given = classifierImport(folder, THREE);
    const of = (changes: object) => importOnnx({ ...given, ...changes });
    await expect(of({ labels: ['negative', 'positive'] })).rejects.toMatchObject(
      refusal('E_MODEL_INVALID', /3 logits/),
    );
    await expect(of({ labels: ['negative', 'negative'] })).rejects.toMatchObject(
      refusal('E_USAGE', /no set of classes/),
    );
    await expect(of({ onnx: given.tokenizer })).rejects.toMatchObject(refusal('E_MODEL_INVALID', /no ONNX network/));
    await expect(of({ onnx: join(folder, 'none') })).rejects.toMatchObject({ code: 'E_INPUT' });
    writeFileSync(join(folder, 'list.json'), '[]');
    for (const tokenizer of [given.onnx, join(folder, 'list.json')])
      await expect(of({ tokenizer })).rejects.toMatchObject(refusal('E_MODEL_INVALID', /tokeniser can't be read/));
    const model = await importOnnx(given);
    await expect(importOnnx(given)).rejects.toMatchObject({ code: 'E_USAGE' });
    await expect(exportOnnx(model, join(folder, 'x.onnx'))).rejects.toMatchObject({ code: 'E_USAGE' });
    expect(() => refuseOther({} as never, model)).toThrow(/imported classifier/);
    writeFileSync(join(model.directory, 'tokenizer.json'), '{}');
    await expect(loadModel(model.directory)).rejects.toMatchObject({ code: 'E_MODEL_INVALID' });
  });
});
