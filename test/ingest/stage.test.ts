import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ingest } from '../../src/ingest/stage.ts';
import { dump, HEADER, type Intake, openIntake } from './support.ts';

const SETTINGS = { time_zone: 'Europe/Berlin', brands: { acme: { name: 'Acme', match: { any: ['acme'] } } } };

let intake: Intake;
beforeEach(async () => {
  intake = await openIntake();
});
afterEach(() => intake.close());

describe('ingest', () => {
  it('stores posts, counts duplicates, keeps rejects with line and text', async () => {
    intake.put(
      'acme-export/posts.csv',
      `${HEADER}2026-03-01T10:00:00Z,"acme is\ngood",anna\n2026-03-01T10:00:00Z,"acme is\ngood",anna\nyesterday,"x, y",bert\n2026-03-02,"open,carl\n2026-03-02,fine,dora\n`,
    );
    const summary = await ingest(intake.context(SETTINGS));
    expect(summary).toMatchObject({
      ...{ inboxFound: true, files: 1, unchanged: 0, failed: 0, rows: 5, stored: 2, duplicates: 1, rejected: 2 },
      rejectsByCode: { R_DATE: 1, R_QUOTE: 1 },
      perFile: [{ name: 'acme-export/posts.csv', source: 'acme-export', state: 'read', rows: 5 }],
    });
    const { files, rejects, posts, post_brands } = await dump(intake.store);
    expect(files).toMatchObject([{ state: 'read', rows: 5, stored: 2, duplicates: 1, rejected: 2 }]);
    expect(
      (rejects as { row: number; line: number; code: string; raw: Buffer }[]).map(({ row, line, code, raw }) => [
        ...[row, line, code, raw.toString()],
      ]),
    ).toEqual([
      [3, 6, 'R_DATE', 'yesterday,"x, y",bert'],
      [4, 7, 'R_QUOTE', '2026-03-02,"open,carl'],
    ]);
    expect(posts).toHaveLength(2);
    expect(post_brands).toHaveLength(1);
  });

  it('reads a file once, whatever it is called', async () => {
    const content = `${HEADER}2026-03-01,hello,anna\n`;
    intake.put('a.csv', content);
    await ingest(intake.context(SETTINGS));
    const before = await dump(intake.store);
    intake.put('b.csv', content);
    expect(await ingest(intake.context(SETTINGS))).toMatchObject({ files: 2, unchanged: 2, rows: 0, stored: 0 });
    expect(await dump(intake.store)).toEqual(before);
  });

  it('adds only what is new from an export that overlaps, of people unknown too', async () => {
    const rows = ['2026-03-01 10:00,same,', '2026-03-01 10:00,same,', '2026-03-01 10:01,other,anna'];
    intake.put('a.csv', `${HEADER}${rows.join('\n')}`);
    expect(await ingest(intake.context(SETTINGS))).toMatchObject({ stored: 3, duplicates: 0 });
    intake.put('b.csv', `${HEADER}${[rows[2], rows[0], rows[1], rows[0]].join('\n')}`);
    expect(await ingest(intake.context(SETTINGS))).toMatchObject({ unchanged: 1, stored: 1, duplicates: 3 });
  });

  it('keeps sources apart', async () => {
    intake.put('one/a.csv', `${HEADER}2026-03-01,hello,anna\n`);
    intake.put('two/a.csv', `${HEADER}2026-03-01,hello,anna\n\n`);
    expect(await ingest(intake.context(SETTINGS))).toMatchObject({ stored: 2, duplicates: 0 });
    expect((await dump(intake.store))['texts']).toHaveLength(1);
  });

  it('counts nothing where there is no inbox', async () => {
    expect(await ingest(intake.context({ inbox: join(intake.inbox, 'nowhere') }))).toMatchObject({
      inboxFound: false,
      files: 0,
      rows: 0,
    });
  });

  it('reads files that are named', async () => {
    const path = join(intake.inbox, '..', 'elsewhere.csv');
    writeFileSync(path, `${HEADER}2026-03-01,hello,anna\n`);
    intake.put('not-this.csv', `${HEADER}2026-03-01,bye,anna\n`);
    const summary = await ingest(intake.context(SETTINGS), { files: [path] });
    expect(summary).toMatchObject({ files: 1, stored: 1, perFile: [{ name: 'elsewhere.csv', source: 'inbox' }] });
  });

  it('fails a file that it can not use, says why, and reads the others', async () => {
    intake.put('1-empty.csv', '');
    intake.put('2-header.csv', 'when,what\n2026-03-01,hello\n');
    intake.put('3-broken-header.csv', 'created_at,"text\n2026-03-01,hello\n');
    const good = gzipSync(`${HEADER}${'2026-03-01,hello,\n'.repeat(5000)}`);
    intake.put('4-no-gzip.csv.gz', Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.from('no gzip')]));
    intake.put('5-cut.csv.gz', good.subarray(0, good.length - 8));
    intake.put('6-good.csv.gz', good);
    const summary = await ingest(intake.context(SETTINGS));
    expect(summary.perFile.map(({ state }) => state)).toEqual([...Array(5).fill('failed'), 'read']);
    expect(summary.perFile.map(({ reason }) => reason?.slice(0, 25))).toEqual([
      ...['the file is empty: it has', 'the header has no column ', 'the header is broken: a q'],
      ...['The gzip data is damaged ', 'The gzip data is damaged ', undefined],
    ]);
    expect(summary).toMatchObject({ failed: 5, rows: 10_000, stored: 5000, duplicates: 5000, rejected: 0 });
    const { files, rejects } = await dump(intake.store);
    expect((files as { state: string }[]).map(({ state }) => state)).toEqual([...Array(5).fill('failed'), 'read']);
    expect((rejects as { row: number; code: string }[]).map(({ row, code }) => [row, code])).toEqual([
      [0, 'R_HEADER'],
      [0, 'R_HEADER'],
      [0, 'R_HEADER'],
      [0, 'R_DAMAGED'],
      [0, 'R_DAMAGED'],
    ]);
    expect(await ingest(intake.context(SETTINGS))).toMatchObject({ files: 6, unchanged: 6, failed: 0 });
  });

  it('tries a file again that could not be opened', async () => {
    const path = join(intake.inbox, '..', 'gone.csv');
    expect(await ingest(intake.context(SETTINGS), { files: [path] })).toMatchObject({ failed: 1, rows: 0 });
    writeFileSync(path, `${HEADER}2026-03-01,hello,anna\n`);
    expect(await ingest(intake.context(SETTINGS), { files: [path] })).toMatchObject({ failed: 0, stored: 1 });
  });
});
