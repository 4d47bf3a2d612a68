import { expect, it } from 'vitest';
import { beginFile, findFile, finishFile, reopenFile, sourceId } from '../../db/files.ts';
import { addRejects } from '../../db/rejects.ts';
import { describeStores } from '../support/stores.ts';

describeStores('a file that failed before its first row', (store) => {
  it('is taken up again without the reject that said why', async () => {
    const raw = Buffer.from('a.csv');
    const fileId = await store().transaction(async (tx) => {
      const { file_id } = await beginFile(tx, {
        sourceId: await sourceId(tx, 'acme'),
        sha256: 'abc',
        name: 'a.csv',
        day: 20_000,
      });
      await addRejects(tx, file_id, [{ row: 0, line: 1, code: 'R_DATE_ORDER', reason: 'why', raw }]);
      await finishFile(tx, file_id, 'failed');
      return file_id;
    });
    await store().transaction(async (tx) =>
      reopenFile(tx, fileId, { sourceId: await sourceId(tx, 'other'), name: 'b.csv' }),
    );
    expect(await findFile(store().read, 'abc')).toMatchObject({
      state: 'reading',
      rows: 0,
      name: 'b.csv',
      source_id: 2,
    });
    expect(await store().read.db.selectFrom('rejects').selectAll().execute()).toEqual([]);
  });
});
