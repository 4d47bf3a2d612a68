import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlertEventRow } from '../../db/alerts.ts';
import { newsOf } from '../../src/alerts/news.ts';
import { queueNotice } from '../../src/alerts/queue.ts';
import { type AlertRule, rulesOf } from '../../src/alerts/rule.ts';
import type { SendDecision, Told } from '../../src/alerts/send.ts';
import { PIXEL } from './days.ts';
import { DAY_ONE, openWorld, type World } from './world.ts';

let world: World;
let sentiment: AlertRule;
let volume: AlertRule;

beforeAll(async () => {
  const alerts = [
    { below: 0.45, recover_above: 0.48, min_posts: 10 },
    { type: 'volume', min_posts: 10 },
  ];
  world = await openWorld({ window: 1, brands: { 'acme-air': { name: 'Acme Air', team: 'care', alerts } } });
  const [first, second] = rulesOf(world.context.config);
  if (!first || !second) throw new Error('no rules');
  [sentiment, volume] = [first, second];
});
afterAll(() => world.close());

/** Days since the first of November: `F` of ninety posts, which fire, `I` of twenty; `n` without any, `f` fires all the same. */
function days(states: string, figures: readonly [F: number, I: number] = [90, 20]): AlertEventRow[] {
  return [...states].map((letter, index) => {
    const isFiring = letter.toUpperCase() === 'F';
    const inputs = {
      ...{
        value: figures[isFiring ? 0 : 1],
        low: null,
        high: null,
        posts: 90,
        window_from: DAY_ONE + index,
        usual: 20,
      },
      ...{ threshold: figures[0] > 1 ? 60 : 0.45, recover_above: figures[0] > 1 ? 40 : 0.48, min_posts: 10 },
    };
    return {
      ...{ rule_id: 'r', day: DAY_ONE + index, revision: 1, run_id: 1, data_seq: 1, from_state: 'inactive' },
      ...{ to_state: isFiring ? 'firing' : 'inactive', inputs: JSON.stringify(inputs) },
      reason: letter === letter.toUpperCase() ? 'more_posts' : 'no_data',
    };
  });
}

const NOTHING: Told = { open: false, firingDay: null, newestDay: null };
const toldOn = (day: number): Told => ({ open: true, firingDay: DAY_ONE + day, newestDay: DAY_ONE + day });

function news(rule: AlertRule, kind: SendDecision['kind'], events: readonly AlertEventRow[], told = NOTHING) {
  const run = { runId: 1, newestDay: DAY_ONE + events.length - 1, chartFor: () => PIXEL };
  const decision = { kind, reason: 'new_alert' } as const;
  return newsOf(world.context, run, rule, { decision, told, events, opinion: undefined });
}

/** The same in words: subject and first sentences. */
async function words(...args: Parameters<typeof news>) {
  const content = (await news(...args))?.content;
  return content && 'alert' in content ? [content.alert.subject, content.alert.lead] : content;
}

describe('news about a rule', () => {
  it('has a name that is the same when the night is done again, and another for other news', async () => {
    const { ruleId } = volume;
    const queued = async (...args: Parameters<typeof news>) => {
      const notice = await news(...args);
      if (notice) await world.store.transaction((tx) => queueNotice(tx, world.context.config, notice, 0));
      return notice && { ...notice, content: null };
    };
    const notice = (dedupeKey: string, day: number, kind: string) => ({
      ...{ dedupeKey: `${ruleId}:${dedupeKey}`, ruleId, day: DAY_ONE + day, kind, team: 'care', content: null },
    });
    expect(await queued(volume, 'firing', days('IF'))).toEqual(notice('2026-11-02', 1, 'firing'));
    expect(await queued(volume, 'repeat', days('IFFF'), toldOn(1))).toEqual(
      notice('2026-11-02:repeat:2026-11-04', 3, 'repeat'),
    );
    expect(await queued(volume, 'resolved', days('IFFFI'), toldOn(3))).toEqual(
      notice('2026-11-04:resolved:2026-11-05', 4, 'resolved'),
    );
    // Late posts took the alert away and brought it back.
    expect(await queued(volume, 'firing', days('IFIIIF'))).toEqual(notice('2026-11-06', 5, 'firing'));
    expect(await queued(volume, 'firing', days('IFFFFF'))).toEqual(notice('2026-11-02:4', 5, 'firing'));
    expect(await queued(volume, 'resolved', days('II'))).toEqual(
      notice('2026-11-02:resolved:2026-11-02', 1, 'resolved'),
    );
  });

  it('is none without a team, without a wish to tell, or where no alert stands', async () => {
    expect(await news({ ...volume, team: null }, 'firing', days('IF'))).toBeUndefined();
    expect(await news(volume, 'none', days('IF'))).toBeUndefined();
    for (const rule of [volume, sentiment]) expect(await news(rule, 'firing', days('FI'))).toBeUndefined();
  });
});

describe('the end of an alert', () => {
  it('on volume names the days on which it stood, or the day of the mail that is withdrawn', async () => {
    expect(await words(volume, 'resolved', days('IFFI'), toldOn(1))).toEqual([
      '[Acme Air] 20 posts a day, as usual again',
      'The alert of Acme Air is over. It stood from 2 November to 3 November.',
    ]);
    const withdrawn = (day: string) => [
      '[Acme Air] 20 posts a day, alert withdrawn',
      `The alert that you were told of for ${day} is withdrawn: posts that arrived late, or a correction, changed the days that it rested on.`,
    ];
    expect(await words(volume, 'resolved', days('IIII'), toldOn(1))).toEqual(withdrawn('2 November 2026'));
    expect(await words(volume, 'resolved', days('IIII'))).toEqual(withdrawn('4 November 2026'));
  });

  it('on sentiment names the first day of the dip, or the day of the mail that is withdrawn', async () => {
    for (const [day, score] of [0.6, 0.3, 0.3, 0.6].entries()) await world.measure(DAY_ONE + day, score);
    const of = (states: string, told?: Told) => words(sentiment, 'resolved', days(states, [0.3, 0.6]), told);
    expect(await of('IFFI', toldOn(2))).toEqual([
      '[Acme Air] sentiment back at 0.60 (1-day, lowest 0.30)',
      expect.stringMatching(
        /The dip that began on 2 November is over after 2 days; its lowest was 0\.30 on 2 November\.$/,
      ),
    ]);
    const withdrawn = (day: string) => [
      '[Acme Air] sentiment 0.60, alert withdrawn (1-day)',
      expect.stringContaining(`was not below 0.45 on ${day}. The alert about it is withdrawn.`),
    ];
    expect(await of('IIII', toldOn(2))).toEqual(withdrawn('3 November'));
    expect(await of('IIII')).toEqual(withdrawn('4 November'));
  });

  it('on sentiment is told without a figure where no day has one any more', async () => {
    const [subject] = (await words(sentiment, 'resolved', days('nn', [0.3, 0.6]), toldOn(1))) as string[];
    expect(subject).toBe('[Acme Air] sentiment: alert withdrawn');
  });
});
