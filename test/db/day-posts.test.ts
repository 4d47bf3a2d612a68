import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { dayVersion, postsByIds, scoredTextsQuery } from '../../db/day-posts.ts';
import { describeStores } from '../support/stores.ts';

describeStores('the posts of a day', (store) => {
  it('are found by keys alone, whatever the statistics say', async () => {
    const { read } = store();
    const query = scoredTextsQuery(read, { networkId: 1, brandId: 1, day: 1, after: 0, limit: 10 });
    if (read.dialect === 'sqlite') {
      const { sql: text, parameters } = query.compile();
      const parts = text.split('?');
      const explained = sql.join(
        parts.flatMap((part, index) => [
          sql.raw(part),
          ...(index < parameters.length ? [sql`${parameters[index]}`] : []),
        ]),
        sql``,
      );
      const { rows } = await sql<{ detail: string }>`explain query plan ${explained}`.execute(read.db);
      const plan = rows.map(({ detail }) => detail);
      expect(plan[0]).toMatch(/SEARCH pb USING PRIMARY KEY \(brand_id=\? AND day=\? AND post_id>\?\)/);
      expect(plan.join('\n')).not.toMatch(/SCAN|TEMP B-TREE/);
    }
    expect(await query.execute()).toEqual([]);
  });

  it('are none where there is nothing', async () => {
    const { read } = store();
    expect(await dayVersion(read, 1, 1)).toBeUndefined();
    expect(await postsByIds(read, [1, 2])).toEqual(new Map());
    expect(await postsByIds(read, [])).toEqual(new Map());
  });
});
