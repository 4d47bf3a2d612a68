import type { BrandSimulation } from '../../jobs/alert-simulation.ts';
import { ruleText } from '../alerts/explain.ts';
import type { AlertRule } from '../alerts/rule.ts';
import type { ThresholdPoint } from '../alerts/simulate.ts';
import { SAYS_NOTHING } from '../alerts/standing.ts';
import { count, figureText } from '../alerts/words.ts';
import { formatDay } from '../calendar.ts';
import { percent } from '../percent.ts';
import { formatTable } from './output.ts';

/** What `alerts simulate --json` prints; docs/alerts.md explains it. */
export function simulationDocument(found: BrandSimulation, perMonth: number): object {
  const { rule, range, alerts, mails, decisions, thresholds, recommended } = found;
  return {
    ...{ brand: rule.brandSlug, rule: ruleText(rule), from: formatDay(range.from), to: formatDay(range.to) },
    decided_days: decisions.length,
    alerts: alerts.map(({ from, to, resolvedOn, worst, mailed }) => ({
      ...{ from: formatDay(from), to: formatDay(to), worst, mailed },
      resolved_on: resolvedOn === null ? null : formatDay(resolvedOn),
    })),
    mails: mails.map(({ day, ...mail }) => ({ day: formatDay(day), ...mail })),
    thresholds: thresholds.map(pointDocument),
    ...{ wished_per_month: perMonth, recommended: recommended === null ? null : pointDocument(recommended) },
  };
}

function pointDocument({ below, alerts, perMonth, firingShare }: ThresholdPoint): object {
  return { below, alerts, per_month: round(perMonth), firing_share: round(firingShare) };
}

function round(value: number): number {
  return Number(value.toFixed(4));
}

/** The same for people. */
export function simulationText(found: BrandSimulation, perMonth: number): string[] {
  const { rule, range, alerts, mails, decisions } = found;
  const span = `${formatDay(range.from)} to ${formatDay(range.to)}`;
  const lines = [`${rule.brandName}, ${span}: ${ruleText(rule)}`];
  if (decisions.length === 0) return [...lines, 'There is no day with posts to decide on.'];
  const idle = decisions.filter(({ reason }) => SAYS_NOTHING.includes(reason)).length;
  const sent = mails.filter(({ kind }) => kind === 'firing').length;
  lines.push(
    `${count(sent, 'alert')} in ${count(decisions.length, 'day')}${idle > 0 ? ` (${idle} of them with too little to decide on)` : ''}`,
  );
  if (alerts.length > 0) lines.push('', alertTable(rule, alerts));
  return [...lines, ...thresholdLines(found, perMonth)];
}

function alertTable(rule: AlertRule, alerts: BrandSimulation['alerts']): string {
  const figure = (value: number) => ('metric' in rule ? figureText(rule.metric, value, 1) : String(value));
  return formatTable(
    ['fired', 'last day', 'ended', 'furthest', 'mail'],
    alerts.map(({ from, to, resolvedOn, worst, mailed }) => [
      ...[formatDay(from), formatDay(to), resolvedOn === null ? 'stands' : formatDay(resolvedOn)],
      ...[worst === null ? '–' : figure(worst), mailed ? 'yes' : 'no'],
    ]),
  );
}

/** Rows of the table of thresholds at most; others are between them. */
const MOST_ROWS = 15;

function thresholdLines({ rule, thresholds, recommended, range }: BrandSimulation, perMonth: number): string[] {
  if (rule.type !== 'threshold' || thresholds.length === 0) return [];
  const show = (below: number) => figureText(rule.metric, below, Number.isInteger(below * 100) ? 0 : 1);
  const rows = interesting(thresholds, [rule.below, ...(recommended === null ? [] : [recommended.below])]);
  const table = formatTable(
    ['below', 'alerts', 'a month', 'firing', ''],
    rows.map((point) => [
      ...[show(point.below), String(point.alerts), point.perMonth.toFixed(1), percent(point.firingShare, 0)],
      point.below === recommended?.below ? 'recommended' : point.below === rule.below ? 'simulated' : '',
    ]),
  );
  const wish = `at most ${count(perMonth, 'alert')} a month`;
  const days = range.to - range.from + 1;
  return [
    '',
    table,
    '',
    recommended === null
      ? `No threshold gives ${wish} here.`
      : `For ${wish}: below ${show(recommended.below)}${recommended.below === rule.below ? ', as it is' : ''}.${days < 60 ? ` This rests on ${days} days only; take it as a first guess.` : ''}`,
  ];
}

/** The thresholds around which something changes, spread evenly when they are many. */
function interesting(points: readonly ThresholdPoint[], always: readonly number[]): ThresholdPoint[] {
  const first = points.findIndex(({ alerts }) => alerts > 0);
  const quiet = points.findIndex(({ firingShare }) => firingShare >= 0.9);
  const from = Math.max(0, first - 1);
  const part = points.slice(from, quiet < 0 ? points.length : quiet + 1);
  const step = Math.max(1, Math.ceil(part.length / MOST_ROWS));
  return points.filter(
    (point) => always.includes(point.below) || (part.includes(point) && part.indexOf(point) % step === 0),
  );
}
