import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { ensureBrand } from '../../db/brands.ts';
import { registerModel } from '../../db/networks.ts';
import { saveScores } from '../../db/scores.ts';
import { countTextsWithoutScore, textsWithoutScore } from '../../db/texts.ts';
import { describeStores } from '../support/stores.ts';

/** Numbers at the edges of the parts in which texts and scores are counted. */
const NUMBERS = [1, 2, 65_535, 65_536, 65_537, 131_071, 131_072, 200_000];

describeStores('texts without a score', (store) => {
  it('are found wherever they are, however many before them are scored', async () => {
    let network = 0;
    await store().transaction(async (tx) => {
      await ensureBrand(tx, 'acme', 'Acme');
      const numbered = sql.raw(tx.dialect === 'postgres' ? 'overriding system value' : '');
      for (const number of NUMBERS)
        await sql`insert into texts (text_id, hash16, body) ${numbered}
          values (${number}, ${Buffer.from(String(number).padEnd(16))}, 'x')`.execute(tx.db);
    });
    await fc.assert(
      fc.asyncProperty(fc.subarray(NUMBERS), fc.subarray(NUMBERS), async (scored, byAnother) => {
        const networks = await Promise.all(
          ['of', 'another'].map((kind) => {
            const sha256 = `${kind} ${network++}`;
            const spec = { networkSha256: sha256, networkSpec: '{}', modelSha256: sha256, modelSpec: '{}' };
            return store().transaction((tx) => registerModel(tx, { name: 'm', ...spec }));
          }),
        );
        const [networkId = 0, other = 0] = networks.map((found) => found.networkId);
        const scores = (texts: readonly number[]) =>
          texts.map((textId) => ({ textId, pNegative: 0.25, pPositive: 0.5 }));
        await store().transaction((tx) => saveScores(tx, networkId, scores(scored)));
        await store().transaction((tx) => saveScores(tx, other, scores(byAnother)));
        const missing = NUMBERS.filter((number) => !scored.includes(number));
        const found = await textsWithoutScore(store().read, networkId, -1, 100);
        expect(found.map(({ text_id }) => text_id)).toEqual(missing);
        expect(await countTextsWithoutScore(store().read, networkId)).toBe(missing.length);
        const beyond = await textsWithoutScore(store().read, networkId, 65_535, 100);
        expect(beyond.map(({ text_id }) => text_id)).toEqual(missing.filter((number) => number > 65_535));
      }),
      { numRuns: 40 },
    );
  });
});
