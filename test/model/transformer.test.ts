import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findModel, loadModel, type Model } from '../../src/model/artifact.ts';
import { batchOf } from '../../src/model/batches.ts';
import { createEngine } from '../../src/model/engines/create.ts';
import type { Engine } from '../../src/model/engines/engine.ts';
import { importOnnx } from '../../src/model/import-onnx.ts';
import { describeShared, sharedPath } from '../support/shared.ts';

interface Case {
  readonly text: string;
  readonly ids: readonly number[];
  readonly logits: readonly number[];
}

describeShared('a transformer', () => {
  const files = sharedPath('models', 'minilm-tweets');
  const folder = mkdtempSync(join(tmpdir(), 'monitor-'));
  let model: Model;
  let engine: Engine;
  let cases: Case[];
  beforeAll(async () => {
    cases = JSON.parse(readFileSync(join(files, 'cases.json'), 'utf8')) as Case[];
    model = await importOnnx({
      ...{ onnx: join(files, 'model.onnx'), tokenizer: join(files, 'tokenizer.json') },
      ...{ labels: ['negative', 'neutral', 'positive'], out: join(folder, 'accurate'), name: 'accurate' },
      ...{ title: 'Accurate', reads: 'original', maxTokens: 72, htmlEntities: true, links: 'http', mentions: '@user' },
    });
    engine = await createEngine('onnx', model);
  });
  afterAll(async () => {
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is the one that comes as social-accurate', async () => {
    expect((await loadModel(findModel('social-accurate'))).networkSha256).toBe(model.networkSha256);
  });

  it('reads texts as the tokens that it was trained with', () => {
    for (const { text, ids } of cases) expect([...(model.classifier?.encode(text) ?? [])]).toEqual(ids);
  });

  it('gives the logits that its makers saw, whatever texts are run together', async () => {
    const sequences = cases.map(({ ids }) => Int32Array.from(ids));
    const width = Math.max(...sequences.map(({ length }) => length));
    const logits = await engine.logits(batchOf({ rows: [...cases.keys()], width }, sequences));
    for (const [index, expected] of cases.flatMap((one) => one.logits).entries())
      expect(Math.abs((logits[index] ?? Number.NaN) - expected)).toBeLessThan(1e-3);
  });
});
