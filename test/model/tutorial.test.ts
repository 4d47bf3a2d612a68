import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { type Parser, parse } from 'csv-parse';
import { expect, it } from 'vitest';
import { createOnnxEngine } from '../../src/model/engines/onnx/engine.ts';
import { scorerOf } from '../../src/model/scorer.ts';
import { describeShared, sharedPath } from '../support/shared.ts';
import { makeTutorialModel } from '../support/tutorial-model.ts';
import { temporaryDirectory } from './support.ts';

describeShared('the tutorial’s model on real posts', () => {
  it('gives the probabilities that PyTorch gave for the first 500', async () => {
    const texts: string[] = [];
    const posts = createReadStream(sharedPath('data', 'posts', 'posts.csv.gz')).pipe(createGunzip());
    const rows: Parser = posts.pipe(parse({ columns: true, to: 500 }));
    for await (const row of rows) texts.push((row as { text: string }).text);
    const [, ...lines] = (await readFile(sharedPath('fixtures', 'seed_pipeline', 'first_500_pos_prob.csv'), 'utf8'))
      .trim()
      .split('\n');

    const model = await makeTutorialModel(await temporaryDirectory());
    const engine = await createOnnxEngine(model);
    const scores = await scorerOf(model, engine)(texts);
    await engine.close();
    expect(lines).toHaveLength(500);
    const differences = lines.map((line, index) => Math.abs(Number(line) - (scores[2 * index + 1] ?? Number.NaN)));
    expect(Math.max(...differences)).toBeLessThan(1e-5);
  });
});
