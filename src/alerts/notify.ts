import { latestEvents } from '../../db/alerts.ts';
import { notificationsOf } from '../../db/outbox.ts';
import { type Day, formatDay } from '../calendar.ts';
import type { Context } from '../context.ts';
import { throwIfAborted } from '../errors.ts';
import type { AlertRun } from './decide.ts';
import { type Rule, rulesOf } from './rule.ts';
import { currentDip } from './standing.ts';
import { type TellingRun, tellAlert } from './tell.ts';

export interface NotifyRun extends AlertRun, TellingRun {
  /** Brands whose input is unusual today, with what is: no mail about their dips leaves in this run. */
  readonly held?: ReadonlyMap<string, string>;
}

/** A mail that waits until the brand's input is as usual again. */
interface HeldMail {
  readonly rule: string;
  readonly since: string;
  readonly reason: string;
}

/**
 * Puts a mail into the outbox for every rule that stands at firing and whose dip has not been mailed yet.
 * Dips without recipients, and those whose brand has had no data for longer than the window, are logged and left.
 */
export async function notify(
  context: Context,
  run: NotifyRun,
): Promise<{ firing: number; mails: number; held: HeldMail[] }> {
  const held: HeldMail[] = [];
  const { store, config, log, signal } = context;
  let firing = 0;
  let mails = 0;
  for (const rule of rulesOf(config)) {
    throwIfAborted(signal);
    const dip = currentDip(await latestEvents(store.read, rule.ruleId, { to: run.newestDay }));
    if (!dip) continue;
    firing += 1;
    const about = { rule: rule.ruleId, since: formatDay(dip.since) };
    if (config.brands[rule.brandSlug]?.team === undefined) {
      log.info(about, 'no mail about this dip: the brand has no team, so nobody to send it to');
    } else if (dip.newest.day < run.newestDay - config.window) {
      log.info(
        { ...about, newest: formatDay(dip.newest.day) },
        'no mail about this dip: no data for longer than the window',
      );
    } else if (!(await isMailed(context, rule, dip.since, run.newestDay))) {
      const reason = run.held?.get(rule.brandSlug);
      if (reason !== undefined) {
        held.push({ rule: rule.ruleId, since: formatDay(dip.since), reason });
        log.warn(
          { ...about, reason },
          'mail about this dip held: the input is unusual, and drift.inhibit says to wait',
        );
        continue;
      }
      const { value, low, high, posts, windowFrom } = dip.told.inputs;
      const news = {
        ...{ rule, kind: 'firing' as const, dedupeKey: `${rule.ruleId}:${formatDay(dip.since)}` },
        ...{ since: dip.since, day: dip.told.day, before: dip.before, figure: { value, low, high, posts, windowFrom } },
      };
      mails += (await tellAlert(context, run, news)) ? 1 : 0;
    }
  }
  return { firing, mails, held };
}

/** Whether a mail about the run of firing days that began at `since` is in the outbox already. */
async function isMailed({ store }: Context, rule: Rule, since: Day, newestDay: Day): Promise<boolean> {
  const mails = await notificationsOf(store.read, rule.ruleId);
  return mails.some(({ day }) => day >= since && day <= newestDay);
}
