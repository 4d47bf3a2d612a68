import type { Reader } from '../../db/store.ts';

/** Everything that people see of a database, without what tells when and in what order it was computed. */
export async function figuresOf({ db }: Reader) {
  const days = await db
    .selectFrom('series_stats as d')
    .innerJoin('brands as b', 'b.brand_id', 'd.brand_id')
    .selectAll('d')
    .select('b.slug')
    .orderBy('b.slug')
    .orderBy('d.day')
    .execute();
  const decisions = await db
    .selectFrom('alert_events')
    .select(['rule_id', 'day', 'revision', 'from_state', 'to_state', 'reason', 'inputs'])
    .orderBy('rule_id')
    .orderBy('day')
    .orderBy('revision')
    .execute();
  const mails = await db
    .selectFrom('notifications as n')
    .innerJoin('messages as m', 'm.message_id', 'n.message_id')
    .innerJoin('deliveries as d', 'd.message_id', 'm.message_id')
    .select(['n.dedupe_key', 'm.rendered', 'd.state', 'd.attempts'])
    .orderBy('n.dedupe_key')
    .execute();
  const count = async (table: 'posts' | 'texts' | 'scores' | 'dirty_days') =>
    Number(
      (
        await db
          .selectFrom(table)
          .select((eb) => eb.fn.countAll().as('n'))
          .executeTakeFirstOrThrow()
      ).n,
    );
  return {
    days: days.map((day) => ({ ...day, model_id: 0, brand_id: 0, data_seq: 0 })),
    decisions,
    mails: mails.map((mail) => ({ ...mail, rendered: { ...JSON.parse(mail.rendered), dateMs: 0 } })),
    counts: {
      ...{ posts: await count('posts'), texts: await count('texts'), scores: await count('scores') },
      dirty: await count('dirty_days'),
    },
  };
}
