import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { postPages } from '../../db/analysts.ts';
import { ensureBrand } from '../../db/brands.ts';
import { saveDayStats } from '../../db/day-stats.ts';
import { sourceId } from '../../db/files.ts';
import { registerModel } from '../../db/networks.ts';
import { saveScores } from '../../db/scores.ts';
import { switchSeries } from '../../db/series.ts';
import { statsOf } from '../../src/aggregate/day-stats.ts';
import { describeStores } from '../support/stores.ts';

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const DAY = 20_727; // 2026-10-01

describeStores('the views for analysts', (store) => {
  async function fill(): Promise<void> {
    await store().transaction(async (tx) => {
      const model = (name: string) =>
        registerModel(tx, { name, networkSha256: name, networkSpec: '{}', modelSha256: `m-${name}`, modelSpec: '{}' });
      const old = await model('old');
      const active = await model('new');
      await switchSeries(tx, { modelId: active.modelId, sha256: 'm-new' }, null);
      const source_id = await sourceId(tx, 'inbox');
      const brands = [await ensureBrand(tx, 'acme', 'Acme'), await ensureBrand(tx, 'borealis', 'Borealis')];
      for (const index of [0, 1]) {
        await tx.db
          .insertInto('texts')
          .values({
            hash16: new Uint8Array(16).fill(index),
            body: `text ${index}`,
            original: index ? 'Text 1!' : null,
            copy16: null,
          })
          .execute();
        await tx.db
          .insertInto('posts')
          .values({
            ...{ source_id, key: `k${index}`, text_id: index + 1, at_ms: DAY * 86_400_000 + 7 * (index + 1), day: DAY },
            ...{ user_id: null, extra: null, brand: null },
          })
          .execute();
      }
      for (const brand_id of brands)
        await tx.db.insertInto('post_brands').values({ brand_id, day: DAY, post_id: 1 }).execute();
      await saveScores(tx, old.networkId, [{ textId: 1, pNegative: 1, pPositive: 0 }]);
      await saveScores(tx, active.networkId, [{ textId: 1, pNegative: 0.25, pPositive: 0.5 }]);
      const post = { userId: null, pNegative: 0.25, pPositive: 0.5, predicted: 'positive' as const };
      for (const { modelId } of [old, active])
        await saveDayStats(tx, { modelId, brandId: brands[0] ?? 0, day: DAY, seq: 1 }, statsOf([post, post]));
      await saveDayStats(tx, { modelId: active.modelId, brandId: brands[1] ?? 0, day: DAY, seq: 1 }, statsOf([]));
    });
  }

  it('are empty on an empty database', async () => {
    for (const view of ['v_posts', 'v_scores', 'v_daily'])
      expect((await sql`select * from ${sql.ref(view)}`.execute(store().read.db)).rows).toEqual([]);
    expect(await all(postPages(store().read, {}))).toEqual([]);
  });

  it('give posts with the active model’s scores, a row a brand', async () => {
    await fill();
    const { rows } = await sql`select * from v_posts order by post_id, brand`.execute(store().read.db);
    const first = {
      ...{ post_id: 1, source: 'inbox', source_key: 'k0', posted_at: '2026-10-01T00:00:00.007Z', day: '2026-10-01' },
      ...{ brand: 'acme', user_id: null, text: 'text 0', original_text: 'text 0' },
      ...{ p_negative: 0.25, p_neutral: 0.25, p_positive: 0.5, score: 0.625 },
    };
    expect(rows).toEqual([
      first,
      { ...first, brand: 'borealis' },
      {
        ...first,
        ...{ post_id: 2, source_key: 'k1', posted_at: '2026-10-01T00:00:00.014Z', brand: null, text: 'text 1' },
        ...{ original_text: 'Text 1!', p_negative: null, p_neutral: null, p_positive: null, score: null },
      },
    ]);
    const pages = await all(postPages(store().read, { brand: 'acme', from: DAY, to: DAY }));
    expect(pages).toEqual([[first]]);
  });

  it('give every model’s scores, and daily figures of the active one', async () => {
    await fill();
    const scores = await sql`select * from v_scores order by model`.execute(store().read.db);
    expect(scores.rows).toEqual([
      {
        post_id: 1,
        model: 'new',
        model_hash: 'm-new',
        is_active: 1,
        p_negative: 0.25,
        p_neutral: 0.25,
        p_positive: 0.5,
        score: 0.625,
      },
      {
        post_id: 1,
        model: 'old',
        model_hash: 'm-old',
        is_active: 0,
        p_negative: 1,
        p_neutral: 0,
        p_positive: 0,
        score: 0,
      },
    ]);
    const daily = await sql`select * from v_daily`.execute(store().read.db);
    expect(daily.rows).toEqual([
      {
        ...{ brand: 'acme', day: '2026-10-01', model: 'new', total: 2, positives: 2, negatives: 0, users: 2 },
        ...{ mean_pos: 0.625, positive_rate: 1 },
      },
    ]);
  });

  it('give calibrated probabilities where the model has a calibration', async () => {
    await fill();
    const calibration = { method: 'vector', scale: [0.5, 1, 2], bias: [0.1, -0.2, 0.3] };
    await store().transaction(async (tx) => {
      const spec = { networkSha256: 'new', networkSpec: '{}', modelSpec: JSON.stringify({ calibration }) };
      const { modelId } = await registerModel(tx, { name: 'newer', modelSha256: 'm-newer', ...spec });
      await switchSeries(tx, { modelId, sha256: 'm-newer' }, null);
    });
    const weights = [0.25, 0.25, 0.5].map(
      (p, index) => p ** (calibration.scale[index] ?? 0) * Math.exp(calibration.bias[index] ?? 0),
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    const [first, , unscored] = await all(postPages(store().read, {})).then((pages) => pages.flat());
    expect(first?.p_negative).toBeCloseTo((weights[0] ?? 0) / sum, 12);
    expect(first?.p_neutral).toBeCloseTo((weights[1] ?? 0) / sum, 12);
    expect(first?.p_positive).toBeCloseTo((weights[2] ?? 0) / sum, 12);
    expect(unscored).toMatchObject({ p_negative: null, p_neutral: null, p_positive: null, score: null });
    const scores = await sql<{ model: string }>`select model from v_scores`.execute(store().read.db);
    expect(scores.rows.map(({ model }) => model).sort()).toEqual(['new', 'newer', 'old']);
  });
});
