import { expect, it } from 'vitest';
import { beginFile, filesWithRejects, finishFile, reopenFile, saveLayout, sourceId } from '../../db/files.ts';
import { addRejects, deleteRejects, listRejects, markJudged, unjudgedFiles } from '../../db/rejects.ts';
import { describeStores } from '../support/stores.ts';

const reject = (row: number, code = 'R_DATE') => ({
  row,
  line: row + 1,
  code,
  reason: 'x',
  raw: Buffer.from(`r${row}`),
});

describeStores('rejects', (store) => {
  const file = (source: string, name: string) =>
    store().transaction(async (tx) => {
      const begun = await beginFile(tx, { sourceId: await sourceId(tx, source), sha256: name, name, day: 1 });
      return begun.file_id;
    });

  it('are listed by file and row, page by page, and taken off', async () => {
    const [a, b, c] = [await file('one', 'a.csv'), await file('two', 'b.csv'), await file('two', 'c.csv')];
    await store().transaction(async (tx) => {
      await addRejects(tx, b, [reject(1), reject(2, 'R_QUOTE')]);
      await addRejects(tx, a, [reject(7)]);
    });
    const names = async (query: Partial<Parameters<typeof listRejects>[1]>) =>
      (await listRejects(store().read, { limit: 9, ...query })).map(({ file: name, row }) => `${name} ${row}`);
    expect(await names({})).toEqual(['a.csv 7', 'b.csv 1', 'b.csv 2']);
    expect(await names({ limit: 1 })).toEqual(['a.csv 7']);
    expect(await names({ after: { fileId: a, row: 7 } })).toEqual(['b.csv 1', 'b.csv 2']);
    expect(await names({ after: { fileId: b, row: 1 } })).toEqual(['b.csv 2']);
    expect(await names({ source: 'two', code: 'R_DATE' })).toEqual(['b.csv 1']);
    expect(await names({ fileId: c })).toEqual([]);
    const [first] = await listRejects(store().read, { limit: 1 });
    expect(first).toMatchObject({ source: 'one', line: 8, code: 'R_DATE' });
    expect(Buffer.from(first?.raw ?? []).toString()).toBe('r7');
    expect((await filesWithRejects(store().read)).map(({ name }) => name)).toEqual(['a.csv', 'b.csv']);
    await store().transaction((tx) => deleteRejects(tx, b, [1, 2, 3]));
    expect(await names({})).toEqual(['a.csv 7']);
  });

  it('are judged file by file, once', async () => {
    const [a, b] = [await file('one', 'a.csv'), await file('one', 'b.csv')];
    await store().transaction(async (tx) => {
      await addRejects(tx, a, [reject(0, 'R_DAMAGED'), reject(1), reject(2, 'R_SEALED'), reject(3, 'R_FORGOTTEN')]);
      await finishFile(tx, a, 'failed');
    });
    const files = await unjudgedFiles(store().read);
    expect(files).toMatchObject([{ source: 'one', name: 'a.csv', failed: true, unusable: 1 }]);
    await store().transaction((tx) => finishFile(tx, b, 'read'));
    await store().transaction((tx) => markJudged(tx, [a]));
    expect(await unjudgedFiles(store().read)).toMatchObject([{ name: 'b.csv', unusable: 0 }]);
  });

  it('of a file that failed go when it is opened again', async () => {
    const a = await file('one', 'a.csv');
    await store().transaction(async (tx) => {
      await addRejects(tx, a, [reject(0, 'R_HEADER')]);
      await finishFile(tx, a, 'failed');
      await saveLayout(tx, a, '{"header":["text"]}');
    });
    expect(await filesWithRejects(store().read)).toMatchObject([{ state: 'failed', layout: '{"header":["text"]}' }]);
    await store().transaction((tx) => reopenFile(tx, a, { sourceId: 1, name: 'a.csv' }));
    expect(await filesWithRejects(store().read)).toEqual([]);
    expect(await unjudgedFiles(store().read)).toEqual([]);
  });
});
