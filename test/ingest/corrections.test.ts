import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clearDirty, dirtyDays } from '../../db/dirty-days.ts';
import { registerModel } from '../../db/networks.ts';
import { saveScores } from '../../db/scores.ts';
import { textsWithoutScore } from '../../db/texts.ts';
import { parseDay } from '../../src/calendar.ts';
import { ingest } from '../../src/ingest/stage.ts';
import { dump, type Intake, openIntake } from './support.ts';

const brands = { acme: { match: { any: ['acme'] } }, bolt: { match: { any: ['bolt'] } } };

let intake: Intake;
beforeEach(async () => {
  intake = await openIntake();
});
afterEach(() => intake.close());

describe('a corrected post', () => {
  it('has its new text, day and user; the old text, its score and its brand are gone, and both days are due', async () => {
    const { store } = intake;
    const { networkId } = await store.transaction((tx) =>
      registerModel(tx, { name: 'm', networkSha256: 'n', networkSpec: '{}', modelSha256: 'm', modelSpec: '{}' }),
    );
    intake.put(
      'a.csv',
      'id,created_at,text,user_id\n1,2026-03-01,acme is bad,anna\n2,2026-03-01,shared,bert\n3,2026-03-01,shared,carl\n',
    );
    await ingest(intake.context({ brands }));
    const texts = await textsWithoutScore(store.read, networkId, 0, 9);
    await store.transaction((tx) =>
      saveScores(
        tx,
        networkId,
        texts.map(({ text_id }) => ({ textId: text_id, pNegative: 0.9, pPositive: 0.1 })),
      ),
    );
    for (const day of await dirtyDays(store.read)) await store.transaction((tx) => clearDirty(tx, day));

    intake.put(
      'b.csv',
      'id,created_at,text,user_id\n1,2026-03-02,bolt is good,anna maria\n2,2026-03-01,other,bert\n3,2026-03-01,shared,\n',
    );
    expect(await ingest(intake.context({ brands }))).toMatchObject({ rows: 3, stored: 0, duplicates: 3, updated: 2 });
    const { posts, scores, files } = await dump(store);
    expect(posts).toMatchObject([
      { key: 'id:1', day: parseDay('2026-03-02'), user_id: 'anna maria' },
      { key: 'id:2', user_id: 'bert' },
      { key: 'id:3', user_id: 'carl' },
    ]);
    expect(files?.[1]).toMatchObject({ rows: 3, stored: 0, duplicates: 3, updated: 2, rejected: 0 });
    const bodies = await store.read.db.selectFrom('texts').select('body').orderBy('text_id').execute();
    expect(bodies.map(({ body }) => body).sort()).toEqual(['bolt is good', 'other', 'shared']);
    // Only the text that is still used has kept its score.
    expect(scores).toHaveLength(1);
    const due = (await dirtyDays(store.read)).map(({ day }) => day);
    expect(due).toEqual([parseDay('2026-03-01'), parseDay('2026-03-02')]);
    const before = await dump(store);
    expect(await ingest(intake.context({ brands }))).toMatchObject({ unchanged: 2, updated: 0 });
    expect(await dump(store)).toEqual(before);
  });
});
