import { activeModel } from '../../db/networks.ts';
import { type BrandLine, brandLines } from '../../jobs/brand-lines.ts';
import type { MissedSummary } from '../../jobs/missed.ts';
import { describeOffer } from '../../jobs/models.ts';
import type { FinishedRun } from '../../jobs/record.ts';
import type { Session } from '../../jobs/session.ts';
import { type Day, formatDay, parseDay } from '../calendar.ts';
import { EXIT } from '../errors.ts';
import { describeBadSource } from '../ingest/judge.ts';
import type { IngestSummary } from '../ingest/stage.ts';
import { missedText } from '../missed-nights.ts';
import { summaryLines } from './backfill-output.ts';
import { formatShare, formatTable } from './output.ts';

/** What a run prints with --json. */
export interface RunDocument extends FinishedRun {
  newest_day: string;
  /** One line, when the settings name another model than the one that the figures are computed with. */
  offered_model: string | null;
  brands: BrandLine[];
}

export function exitCodeOf(run: FinishedRun): number {
  if (run.outcome === 'mail_failed') return EXIT.failed;
  return run.outcome === 'rejected_input' ? EXIT.rejectedInput : EXIT.ok;
}

export async function runDocument(session: Session, run: FinishedRun, newestDay: Day): Promise<RunDocument> {
  const active = await activeModel(session.store.read);
  const offer = session.offered && active ? describeOffer(session.offered, active) : null;
  return {
    ...run,
    newest_day: formatDay(newestDay),
    offered_model: offer,
    brands: await brandLines(session, newestDay),
  };
}

export function brandTable(brands: readonly BrandLine[]): string {
  return formatTable(
    ['brand', 'day', 'posts', 'positive rate', 'ma3', 'state'],
    brands.map((line) => [
      line.name,
      line.day,
      String(line.posts),
      formatShare(line.positive_rate),
      formatShare(line.ma3),
      line.state ?? 'no alerts set',
    ]),
  );
}

/** What is said when stored posts came to their brands by other settings than today's. */
export const RULES_CHANGED =
  'the brand rules or the language changed; posts stored before follow once you run `monitor brands rematch`';

/** How many posts are new, and how many of them are in languages that don't count. */
export function newPosts({ stored, otherLanguage }: IngestSummary): string {
  return `${stored} new posts${otherLanguage > 0 ? ` (${otherLanguage} in other languages, not counted)` : ''}`;
}

function missedLine({ from, to, nights, reports }: MissedSummary): string {
  const span = { from: parseDay(from) ?? 0, to: parseDay(to) ?? 0 };
  const some = reports < nights ? ` Reports were written for the last ${reports} of ${nights}.` : '';
  return `${missedText(span)}${some}`;
}

const VERDICTS = {
  agrees: 'sees the fall too',
  disagrees: 'does not see the fall',
  unsure: 'is not sure about the fall',
  unknown: 'could not be asked',
} as const;

/** What an accurate model was asked, and what that cost. */
function secondOpinionLines({ sample, notify, seconds }: RunDocument): string[] {
  const lines: string[] = [];
  if (sample?.model)
    lines.push(
      `sampled   ${sample.days} brand-days by ${sample.model}: ${sample.read} texts read in ${(seconds['sample'] ?? 0).toFixed(1)} s${sample.left ? '; the next run goes on' : ''}`,
    );
  else if (sample) lines.push('sampled   nothing: the accurate model can’t be used, see the log');
  const kept = new Set(notify?.kept.flatMap(({ rule, reason }) => (reason === 'second_opinion' ? [rule] : [])));
  for (const { rule, verdict, read, seconds: took } of notify?.opinions ?? [])
    lines.push(
      `opinion   ${rule}: the accurate model ${VERDICTS[verdict]} (${read} texts read in ${took.toFixed(1)} s)${kept.has(rule) ? '; no mail' : ''}`,
    );
  return lines;
}

/** The end of a run in words. */
export function runText(document: RunDocument): string {
  const { ingest, score, deliver, report } = document;
  const none = `No brand has posts up to ${document.newest_day}.`;
  const lines = [document.brands.length === 0 ? none : brandTable(document.brands), ''];
  if (ingest?.inboxFound === false)
    lines.push('warning   there is no inbox folder; `monitor doctor` shows where it is looked for');
  if (ingest)
    lines.push(
      `read      ${ingest.rows} rows: ${newPosts(ingest)}, ${ingest.duplicates} seen before, ${ingest.rejected} not usable`,
    );
  if (ingest?.rulesChanged) lines.push(`note      ${RULES_CHANGED}`);
  for (const source of document.rejects?.sources ?? []) lines.push(`warning   ${describeBadSource(source)}`);
  for (const { scope, text } of document.drift?.warnings ?? [])
    lines.push(`warning   unusual input of ${scope === '*' ? 'the brands with few posts' : scope}: ${text}`);
  for (const { rule } of document.notify?.held ?? [])
    lines.push(`held      the mail of ${rule}: drift.inhibit waits for usual input`);
  for (const file of ingest?.perFile ?? [])
    if (file.reason !== undefined) lines.push(`not read  ${file.name}: ${file.reason}`);
  if (score) lines.push(`scored    ${score.texts} texts`);
  lines.push(...secondOpinionLines(document));
  if (document.backfill) lines.push(...summaryLines(document.backfill));
  if (document.missed) lines.push(`missed    ${missedLine(document.missed)}`);
  const revised = document.revisions?.revised ?? 0;
  if (revised > 0)
    lines.push(
      `changed   ${revised} published ${revised === 1 ? 'figure reads' : 'figures read'} otherwise now; the report says which`,
    );
  for (const mail of deliver?.sent ?? [])
    lines.push(`mail      ${mail.subject}`, `          ${mail.file ?? `to ${mail.to.join(', ')}`}`);
  for (const mail of deliver?.failed ?? []) lines.push(`not sent  ${mail.subject}: ${mail.error}`);
  if (report)
    lines.push(
      `report    ${report.page}`,
      ...report.csv.map((file) => `figures   ${file}`),
      `chart     ${report.plot}`,
    );
  if (document.offered_model !== null) lines.push(`model     ${document.offered_model}`);
  return lines.join('\n');
}
