import { expect, it } from 'vitest';
import { ensureBrand } from '../../db/brands.ts';
import { addSilence, endSilence, listSilences } from '../../db/silences.ts';
import { describeStores } from '../support/stores.ts';

describeStores('silences', (store) => {
  const HOUR = 3_600_000;
  // Beyond what 32 bits hold.
  const NOW = 1_790_000_000_000;

  it('are of a brand or of all, and kept in the order in which they were made', async () => {
    await store().transaction(async (tx) => {
      const acme = await ensureBrand(tx, 'acme', 'Acme');
      const common = { fromMs: NOW, untilMs: NOW + HOUR, author: 'Ärztin', comment: 'a "known" outage' };
      expect(await addSilence(tx, { ...common, brandId: acme })).toBe(1);
      expect(await addSilence(tx, { ...common, brandId: null, comment: '' })).toBe(2);
    });
    expect(await listSilences(store().read)).toEqual([
      {
        ...{ id: 1, slug: 'acme', fromMs: NOW, untilMs: NOW + HOUR, author: 'Ärztin' },
        ...{ comment: 'a "known" outage', endedMs: null },
      },
      { id: 2, slug: null, fromMs: NOW, untilMs: NOW + HOUR, author: 'Ärztin', comment: '', endedMs: null },
    ]);
  });

  it('end once, and not after they are over', async () => {
    await store().transaction(async (tx) => {
      const silence = { brandId: null, fromMs: NOW, untilMs: NOW + HOUR, author: 'a', comment: 'c' };
      const [first, second] = [await addSilence(tx, silence), await addSilence(tx, silence)];
      expect(await endSilence(tx, first, NOW + 1)).toBe(true);
      expect(await endSilence(tx, first, NOW + 2)).toBe(false);
      expect(await endSilence(tx, second, NOW + HOUR)).toBe(false);
      expect(await endSilence(tx, 99, NOW)).toBe(false);
    });
    expect((await listSilences(store().read)).map(({ endedMs }) => endedMs)).toEqual([NOW + 1, null]);
  });
});
