import type { Day } from '../calendar.ts';
import { formatDay } from '../calendar.ts';
import type { Context } from '../context.ts';
import { digestContent } from './digest.ts';
import { queueNotice } from './queue.ts';

/** Puts the day's digest of every team that wants one into the outbox, once. */
export async function queueDigests(context: Context, newestDay: Day): Promise<{ teams: number }> {
  const { store, config, clock } = context;
  let teams = 0;
  for (const [team, { digest }] of Object.entries(config.teams)) {
    if (digest !== 'daily') continue;
    const content = await digestContent(context, team, newestDay);
    if (content.brands.length === 0) continue;
    const dedupeKey = `digest:${team}:${formatDay(newestDay)}`;
    const notice = {
      dedupeKey,
      ruleId: `digest:${team}`,
      day: newestDay,
      kind: 'digest',
      team,
      content: { digest: content },
    } as const;
    const added = await store.transaction((tx) => queueNotice(tx, config, notice, clock()));
    if (added !== undefined) teams += 1;
  }
  return { teams };
}
