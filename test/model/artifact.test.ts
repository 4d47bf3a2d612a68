import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findModel, loadModel } from '../../src/model/artifact.ts';
import { canonicalJson, sha256 } from '../../src/model/canonical-json.ts';
import { identityOf, type ModelSpec } from '../../src/model/spec.ts';
import { packageRoot } from '../../src/package.ts';
import { referenceNetwork, smallModel, temporaryDirectory } from './support.ts';

/** Loads the model after its model.json was changed. */
async function loadChanged(change: (spec: Record<string, unknown>) => void) {
  const { directory } = await smallModel();
  const file = join(directory, 'model.json');
  const spec = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  change(spec);
  await writeFile(file, JSON.stringify(spec));
  return loadModel(directory);
}

const invalid = (message: RegExp) => ({ code: 'E_MODEL_INVALID', message: expect.stringMatching(message) as string });

describe('loadModel', () => {
  it('reads what import wrote', async () => {
    const model = await smallModel();
    const again = await loadModel(model.directory);
    expect(again).toEqual(model);
    expect(again.spec.threshold).toBe(0.5);
    expect(again.vocabulary).toHaveLength(40);
  });

  it('says which file is missing', async () => {
    const { directory } = await smallModel();
    await rm(join(directory, 'vocab.json'));
    await expect(loadModel(directory)).rejects.toMatchObject({
      code: 'E_MODEL_MISSING',
      place: { file: join(directory, 'vocab.json') },
    });
    await expect(loadModel(join(directory, 'nowhere'))).rejects.toMatchObject({ code: 'E_MODEL_MISSING' });
  });

  it.each(['weights.safetensors', 'vocab.json'])('notices one changed byte of %s', async (name) => {
    const { directory } = await smallModel();
    const bytes = await readFile(join(directory, name));
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await writeFile(join(directory, name), bytes);
    await expect(loadModel(directory)).rejects.toMatchObject({
      ...invalid(/SHA-256/),
      place: { file: join(directory, name) },
    });
  });

  it('tells a newer format from a damaged file', async () => {
    const newer = loadChanged((spec) => Object.assign(spec, { format: 2, network: 'of another kind' }));
    await expect(newer).rejects.toMatchObject({
      ...invalid(/format 2/),
      remedy: expect.stringMatching(/newer version/) as string,
    });
  });

  it.each<[string, (spec: Record<string, unknown>) => void, RegExp]>([
    ['an unknown key', (spec) => Object.assign(spec, { treshold: 0.4 }), /treshold/],
    [
      'labels that do not fit the outputs',
      (spec) => Object.assign(spec, { labels: ['negative', 'positive'] }),
      /labels/,
    ],
    [
      'unmasked padding without a width',
      (spec) => Object.assign(spec, { padding: { to: null, masked: false } }),
      /padding\.to/,
    ],
    [
      'padding shorter than the texts',
      (spec) => Object.assign(spec, { padding: { to: 10, masked: false } }),
      /max_tokens/,
    ],
    [
      'another architecture',
      (spec) => Object.assign(spec.network as object, { hidden: 6 }),
      /shape \[15,6\], not \[18,6\]/,
    ],
    [
      'more layers than there are weights',
      (spec) => Object.assign(spec.network as object, { layers: 2 }),
      /_l1 is missing/,
    ],
    [
      'another vocabulary',
      (spec) => Object.assign(spec.network as object, { vocabulary: 41 }),
      /40 words, but the network 41/,
    ],
  ])('refuses %s', async (_what, change, message) => {
    await expect(loadChanged(change)).rejects.toMatchObject(invalid(message));
  });

  it('refuses weights that are not finite', async () => {
    const { directory } = await smallModel();
    const weights = await readFile(join(directory, 'weights.safetensors'));
    weights.writeFloatLE(Number.NaN, weights.length - 4);
    await writeFile(join(directory, 'weights.safetensors'), weights);
    const spec = JSON.parse(await readFile(join(directory, 'model.json'), 'utf8')) as object;
    await writeFile(join(directory, 'model.json'), JSON.stringify({ ...spec, weights_sha256: sha256(weights) }));
    await expect(loadModel(directory)).rejects.toMatchObject(invalid(/not finite/));
  });
});

describe('identityOf', () => {
  it('names a network by what changes its probabilities, a model by that and its threshold', async () => {
    const { spec } = await smallModel();
    const before = identityOf(spec);
    const changed = (changes: Partial<ModelSpec>) => identityOf({ ...spec, ...changes });

    expect(changed({ name: 'other', title: 'Other', about: { seen: true } })).toEqual(before);
    const threshold = changed({ threshold: 0.4 });
    expect(threshold.networkSha256).toBe(before.networkSha256);
    expect(threshold.modelSha256).not.toBe(before.modelSha256);
    for (const network of [
      changed({ tokenizer: { name: 'words', version: 1, reads: 'original', max_tokens: spec.tokenizer.max_tokens } }),
      changed({ padding: { to: 200, masked: true } }),
      changed({ network: referenceNetwork('gru_1layer_bi_3out', 'mean') }),
      changed({ weights_sha256: '1'.repeat(64) }),
    ]) {
      expect(network.networkSha256).not.toBe(before.networkSha256);
      expect(network.modelSha256).not.toBe(before.modelSha256);
    }
    expect(before.networkSha256).toBe(sha256(before.networkSpec));
  });

  it('does not depend on the order of keys', () => {
    expect(canonicalJson({ b: [{ d: 1, c: 'x' }], a: null })).toBe(canonicalJson({ a: null, b: [{ c: 'x', d: 1 }] }));
  });
});

describe('findModel', () => {
  it('finds a model that ships with the program by its name', async () => {
    const model = await loadModel(findModel('social'));
    expect(model.spec).toMatchObject({ name: 'social', labels: ['negative', 'neutral', 'positive'] });
  });

  it('finds a path relative to the project', async () => {
    const { directory } = await smallModel();
    expect(findModel('./small', join(directory, '..'))).toBe(directory);
    expect(findModel('small', join(directory, '..'))).toBe(directory);
    expect(findModel(directory, '/')).toBe(directory);
  });

  it('finds a model in a package of its own: in a clone, or where npm puts it', async () => {
    expect(findModel('social-accurate')).toBe(join(packageRoot, 'packages', 'social-accurate'));
    const { directory } = await smallModel();
    const project = await temporaryDirectory();
    const place = join(project, 'node_modules', 'sentiment-monitor-small');
    await cp(directory, place, { recursive: true });
    expect(findModel('small', project)).toBe(place);
    expect(() => findModel('medium', project)).toThrow('There is no model "medium".');
  });

  it('lists the models that there are', async () => {
    const project = await temporaryDirectory();
    expect(() => findModel('tutorial', project)).toThrow(
      expect.objectContaining({
        code: 'E_MODEL_MISSING',
        remedy: expect.stringContaining('social') as string,
      }) as Error,
    );
  });
});
