import { expect, it } from 'vitest';
import { ensureBrand } from '../../db/brands.ts';
import { dataVersion } from '../../db/data-version.ts';
import { saveSetting } from '../../db/settings.ts';
import { describeStores } from '../support/stores.ts';

describeStores('the version of the data', (store) => {
  it('stays while nothing is written', async () => {
    await store().transaction((tx) => ensureBrand(tx, 'acme', 'Acme'));
    const version = await dataVersion(store().read);
    expect(await store().snapshot(dataVersion)).toBe(version);
    expect(await dataVersion(store().read)).toBe(version);
  });

  it('is another once somebody else has written', async () => {
    const { read, transaction } = store();
    const before = await dataVersion(read);
    await transaction((tx) => saveSetting(tx, 'note', 'new'));
    const after = await dataVersion(read);
    // SQLite tells a connection what others wrote: the dashboard has one to read, and writes over another.
    if (read.dialect === 'postgres') expect(after).not.toBe(before);
  });
});
