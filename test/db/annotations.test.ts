import { expect, it } from 'vitest';
import { addAnnotation, listAnnotations, removeAnnotation } from '../../db/annotations.ts';
import { ensureBrand } from '../../db/brands.ts';
import { describeStores } from '../support/stores.ts';

describeStores('annotations', (store) => {
  it('belong to a brand or to all, and come by day', async () => {
    const brands = await store().transaction(async (tx) => {
      const [acme, other] = [await ensureBrand(tx, 'acme', 'Acme'), await ensureBrand(tx, 'other', 'Other')];
      await addAnnotation(tx, { day: 20_002, text: 'later, for all', brandId: null });
      await addAnnotation(tx, { day: 20_001, text: 'Ärger & <b>', brandId: acme });
      await addAnnotation(tx, { day: 20_000, text: 'of another', brandId: other });
      return { acme };
    });
    expect(await listAnnotations(store().read)).toHaveLength(3);
    expect(await listAnnotations(store().read, brands.acme)).toEqual([
      { id: 2, day: 20_001, slug: 'acme', text: 'Ärger & <b>' },
      { id: 1, day: 20_002, slug: null, text: 'later, for all' },
    ]);
  });

  it('are noted once and taken away once', async () => {
    await store().transaction(async (tx) => {
      const id = await addAnnotation(tx, { day: 1, text: 'x', brandId: null });
      expect(await addAnnotation(tx, { day: 1, text: 'x', brandId: null })).toBe(id);
      expect(await removeAnnotation(tx, id)).toBe(true);
      expect(await removeAnnotation(tx, id)).toBe(false);
    });
    expect(await listAnnotations(store().read)).toEqual([]);
  });
});
