import { afterEach, describe, expect, it } from 'vitest';
import { advanceFile, beginFile, finishFile, sourceId } from '../../db/files.ts';
import { notificationsOf } from '../../db/outbox.ts';
import { addRejects } from '../../db/rejects.ts';
import type { RenderedMail } from '../../src/alerts/mail.ts';
import { judgeRejects } from '../../src/alerts/owner.ts';
import { dayOf } from './days.ts';
import { DAY_ONE, openWorld, type World } from './world.ts';

let world: World;
afterEach(() => world.close());

/** A file of ten rows of a source, so many of which can't be used. */
async function read(source: string, name: string, rejected: number): Promise<void> {
  await world.store.transaction(async (tx) => {
    const file = await beginFile(tx, { sourceId: await sourceId(tx, source), sha256: name, name, day: DAY_ONE });
    const counts = { rows: 10, stored: 10 - rejected, duplicates: 0, updated: 0, rejected };
    await advanceFile(tx, file.file_id, counts);
    const reject = { line: 1, code: 'R_DATE', reason: 'not a date', raw: Buffer.from('x') };
    await addRejects(
      tx,
      file.file_id,
      Array.from({ length: rejected }, (_, index) => ({ ...reject, row: index + 1 })),
    );
    await finishFile(tx, file.file_id, 'read', 0);
  });
}

async function mails(source: string): Promise<RenderedMail[]> {
  const rows = await notificationsOf(world.store.read, `rejects:${source}`);
  return rows.map(({ content }) => (JSON.parse(content) as { mail: RenderedMail }).mail);
}

describe('the owner of a source with rows that cannot be used', () => {
  it('is told which files, what to ask and what to do, once', async () => {
    world = await openWorld({ owner: ['owner@acme.example'], reject_limit: 0.1 });
    await read('bad', 'a.csv', 5);
    await read('bad', 'whole.csv', 0);
    await read('bad', '<b>.csv', 1);
    await read('good', 'c.csv', 1);
    expect((await judgeRejects(world.context)).sources.map(({ source }) => source)).toEqual(['bad']);
    expect(await judgeRejects(world.context)).toEqual({ sources: [] });

    // The hash is the start of what sha256sum makes of `a.csv,<b>.csv`: their contents, here their names.
    expect(await notificationsOf(world.store.read, 'rejects:bad')).toMatchObject([
      {
        dedupe_key: 'rejects:bad:381dfde06051d444',
        kind: 'rejects',
        team: null,
        day: dayOf('2026-11-21'),
        due_ms: world.now,
      },
    ]);
    const [mail, ...more] = await mails('bad');
    expect([more, await mails('good')]).toEqual([[], []]);
    expect(mail).toMatchObject({
      ...{ from: 'Monitor <monitor@acme.example>', to: ['owner@acme.example'], dateMs: world.now },
      ...{
        subject: "[monitor] bad: rows that can't be used",
        chat: { text: "[monitor] bad: rows that can't be used" },
      },
      ...{ charts: [], quotes: [], file: expect.stringMatching(/^2026-11-21-rejects-[0-9a-f]{8}\.eml$/) },
    });
    expect(mail?.text).toBe(
      [
        "bad: 6 of 30 rows (20.0 %) can't be used",
        '',
        '  a.csv',
        '  <b>.csv',
        '',
        'What is wrong with each row: monitor rejects list --source bad',
        'Correct the settings, then: monitor rejects retry. Or put corrected exports into the inbox.',
        '',
      ].join('\n'),
    );
    expect(mail?.html).toContain(
      '<p>bad: 6 of 30 rows (20.0 %) can&#39;t be used</p><ul><li>a.csv</li><li>&#60;b&#62;.csv</li></ul>' +
        '<p>What is wrong with each row: monitor rejects list --source bad<br>Correct the settings,',
    );
    expect(world.logged.join('')).toContain('too many rows not usable');
  });

  it('is told again of other files of it, and of the same ones only once', async () => {
    world = await openWorld({ owner: ['owner@acme.example'], reject_limit: 0.1 });
    await read('bad', 'a.csv', 5);
    await judgeRejects(world.context);
    await read('bad', 'b.csv', 5);
    await judgeRejects(world.context);
    expect((await mails('bad')).map(({ text }) => text.split('\n')[2])).toEqual(['  a.csv', '  b.csv']);
    // As after a kill between a mail and the record that its files were judged.
    await world.store.read.db.updateTable('files').set({ judged: 0 }).where('name', '=', 'b.csv').execute();
    expect((await judgeRejects(world.context)).sources).toHaveLength(1);
    expect(await mails('bad')).toHaveLength(2);
  });

  it.each([
    [20, '  20.csv', undefined],
    [21, '  20.csv', '  and 1 more'],
  ])('reads the names of at most twenty of %i files', async (count, last, more) => {
    world = await openWorld({ owner: ['owner@acme.example'] });
    for (let file = 1; file <= count; file += 1) await read('bad', `${file}.csv`, 10);
    await judgeRejects(world.context);
    const lines = (await mails('bad'))[0]?.text.split('\n').filter((line) => line.startsWith('  ')) ?? [];
    expect([lines[19], lines[20]]).toEqual([last, more]);
  });

  it('gets no mail without an address, and the log still tells', async () => {
    world = await openWorld({ reject_limit: 0.1 });
    await read('bad', 'a.csv', 5);
    expect((await judgeRejects(world.context)).sources).toHaveLength(1);
    expect(await mails('bad')).toEqual([]);
    expect(world.logged.join('')).toMatch(/"source":"bad","rows":10,"rejected":5.*too many rows not usable/);
  });
});
