import { latestEvents } from '../../db/alerts.ts';
import { openNotifications } from '../../db/outbox.ts';
import type { Context } from '../context.ts';
import { BRAND_IN_BODY } from './alert-content.ts';
import { decisionText, storedDecision } from './explain.ts';
import { rulesOf } from './rule.ts';
import { currentDip } from './standing.ts';
import { dayAndMonth, oneLine, shorten } from './words.ts';

/** An alert of which a team was told earlier, in a line. */
export interface StandingLine {
  readonly brand: string;
  readonly text: string;
}

/** The alerts that a team was told of before and that still stand, in the order of the settings; but for the rules that it is told of now. */
export async function stillStanding(
  { store, config }: Pick<Context, 'store' | 'config'>,
  team: string,
  toldNow: ReadonlySet<string>,
): Promise<StandingLine[]> {
  const open = (await openNotifications(store.read)).filter((row) => row.team === team && !toldNow.has(row.rule_id));
  const known = new Set(open.map((row) => row.rule_id));
  const lines: StandingLine[] = [];
  for (const rule of rulesOf(config).filter(({ ruleId }) => known.has(ruleId))) {
    const dip = currentDip(await latestEvents(store.read, rule.ruleId));
    if (!dip) continue;
    lines.push({
      brand: shorten(oneLine(rule.brandName), BRAND_IN_BODY),
      text: `since ${dayAndMonth(dip.since)}. On ${dayAndMonth(dip.newest.day)}: ${decisionText(rule, storedDecision(dip.newest))}.`,
    });
  }
  return lines;
}
