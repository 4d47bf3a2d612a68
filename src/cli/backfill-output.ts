import type { BackfillSummary } from '../../jobs/backfill.ts';
import type { AlertRevision, FigureChange, FigureChanges } from '../../jobs/backfill-changes.ts';
import type { BackfillPlan } from '../../jobs/backfill-plan.ts';
import { formatTable } from './output.ts';

/** A dry run in words. */
export function planText(plan: BackfillPlan): string {
  const { figures, open, speed } = plan;
  const lines = [
    `days      ${spanOf(plan)}: ${number(plan.days)} with posts`,
    `posts     ${number(plan.posts)}`,
    `to score  ${number(plan.texts)} texts`,
  ];
  if (plan.reprocess === 'failed') lines.push(`rejects   ${number(plan.rejects)} rows would be tried again`);
  const rate = speed.textsPerSecond > 0 ? `, at ${number(speed.textsPerSecond)} texts/s measured here now` : '';
  lines.push(`time      about ${duration(plan.seconds)}${rate}`, `figures   ${countsOf(figures)}`);
  if (open.added + open.changed > 0) lines.push(`          ${openText(open)}`);
  if (figures.largest.length > 0) lines.push('', figureTable(figures.largest));
  lines.push('', 'Nothing was changed. Files that wait in the inbox are not counted; `monitor ingest` reads them.');
  return lines.join('\n');
}

function openText({ added, changed, at_most }: BackfillPlan['open']): string {
  const known = at_most === null ? '' : ` (mean score by at most ${at_most.toFixed(3)})`;
  const parts = [
    ...(added > 0 ? [`${number(added)} brand-days get their first figures`] : []),
    ...(changed > 0 ? [`${number(changed)} may change${known}`] : []),
  ];
  return `${parts.join(', ')}; how is known once their posts are scored`;
}

/** What a backfill changed, as lines for the end of its output. */
export function summaryLines(summary: BackfillSummary): string[] {
  const { figures, alerts } = summary;
  const lines = [
    `days      ${spanOf(summary)}: ${number(summary.days)} with ${number(summary.posts)} posts`,
    `changed   ${countsOf(figures)}`,
    `alerts    ${number(alerts.decisions)} decisions made again came out otherwise, ${number(alerts.states)} with another state`,
  ];
  if (figures.largest.length > 0) lines.push('', figureTable(figures.largest), '');
  if (alerts.shown.length > 0) lines.push(...(lines.at(-1) === '' ? [] : ['']), revisionTable(alerts.shown), '');
  return lines;
}

function spanOf({ from, to, brand }: { from: string; to: string; brand: string | null }): string {
  return `${from} to ${to}${brand === null ? '' : ` of ${brand}`}`;
}

function countsOf({ added, changed, removed }: FigureChanges): string {
  const lost = removed > 0 ? `, ${number(removed)} lost theirs` : '';
  return `${number(added)} brand-days with first figures, ${number(changed)} with other figures${lost}`;
}

function figureTable(changes: readonly FigureChange[]): string {
  return formatTable(
    ['brand', 'day', 'posts', 'now', 'mean', 'now', 'positive rate', 'now'],
    changes.map(({ brand, day, before, after }) => [
      brand,
      day,
      ...[String(before?.posts ?? '–'), String(after?.posts ?? '–')],
      ...[share(before?.mean_pos), share(after?.mean_pos), share(before?.positive_rate), share(after?.positive_rate)],
    ]),
  );
}

function revisionTable(revisions: readonly AlertRevision[]): string {
  return formatTable(
    ['alert', 'day', 'was', 'at', 'is now', 'at'],
    revisions.map(({ rule, day, before, after }) => [
      ...[rule, day, before.state, share(before.value), after.state, share(after.value)],
    ]),
  );
}

function share(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : value.toFixed(3);
}

function number(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** `40 s`, `12 min`, `3 h 20 min` */
function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
