import type { Command } from 'commander';
import { type BrandLine, brandLines } from '../../jobs/brand-lines.ts';
import { describeOffer, offeredModel } from '../../jobs/models.ts';
import { type RunLine, runLines } from '../../jobs/run-lines.ts';
import { type DeadLetter, readStatus, type Status } from '../../jobs/status.ts';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { EXIT, MonitorError } from '../errors.ts';
import { type BadSource, describeBadSource } from '../ingest/judge.ts';
import { languageList } from '../ingest/language.ts';
import { modelLabel } from '../model/pinned.ts';
import { packageVersion } from '../package.ts';
import { type CommonOptions, databaseAt, databaseCommand, type SetExitCode, secrets } from './environment.ts';
import { formatTable, printResult } from './output.ts';
import { brandTable } from './run-output.ts';
import { runTable } from './run-record.ts';
import { driftLines, type RevisionLine, revisionLines, revisionTextLines } from './status-history.ts';

/** What `status --json` prints; docs/runs.md explains it. Keys are added, never renamed. */
interface StatusDocument {
  program: string;
  database: string;
  bytes: number;
  locked_by: string | null;
  model: string | null;
  /** One line, when the settings name another model than that. */
  offered_model: string | null;
  engine: string;
  newest_night: string | null;
  due: Status['due'];
  sources: { source: string; files: number; newest_post: string | null; last_file: string | null }[];
  input: Status['input'];
  rejects: Record<string, number>;
  /** Posts in languages that no brand counts, by code. */
  other_language: Record<string, number>;
  bad_sources: BadSource[];
  /** `held` waits for the hour of its team, `waiting` for the next attempt, `dead` was given up. */
  outbox: { held: number; waiting: number; failed: number; sent: number; dead: number; last_error: string | null };
  dead_letters: DeadLetter[];
  runs: RunLine[];
  brands: BrandLine[];
  revisions: RevisionLine[];
  /** What was unusual about the input of the newest day that was looked at. */
  drift: string[];
}

const HOUR_MS = 3_600_000;

export function statusCommand(setExitCode: SetExitCode): Command {
  return databaseCommand('status', 'show the last runs, where each brand stands, and what waits', [
    'monitor status',
    'monitor status --json',
    'monitor status --fail-if-stale 30     exit code 1 when no night ended in the last 30 hours',
  ])
    .option('--fail-if-stale <hours>', 'exit code 1 when the newest night that came to its end is older')
    .action(async (options: CommonOptions & { failIfStale?: string }) => {
      const hours = options.failIfStale === undefined ? Number.POSITIVE_INFINITY : hoursOf(options.failIfStale);
      const config = loadConfig(options.config);
      const path = databaseAt(config).label;
      const found = await readStatus(
        config,
        async (store, { model, newestDay }) => ({
          brands: model && newestDay !== null ? await brandLines({ store, config }, newestDay) : [],
          offered_model: await offerOf(config, model),
          revisions: await revisionLines(store.read, config),
          drift: await driftLines(store.read),
        }),
        secrets,
      );
      const night = found?.status.newestNightMs ?? Number.NEGATIVE_INFINITY;
      if (hours !== Number.POSITIVE_INFINITY && Date.now() - night > hours * HOUR_MS) setExitCode(EXIT.failed);
      if (!found) {
        const text = `There is no database yet: ${path}\nThe first \`monitor run\` makes it.`;
        printResult(options.json === true, { database: null }, text);
        return;
      }
      const document = documentOf(config, path, found.status, found.more);
      printResult(options.json === true, document, statusText(document));
    });
}

function hoursOf(text: string): number {
  const hours = Number(text);
  if (text.trim() !== '' && hours > 0 && Number.isFinite(hours)) return hours;
  throw new MonitorError('E_USAGE', `"${text}" is not a number of hours.`, { remedy: 'Write it as 30.' });
}

function documentOf(
  config: Config,
  path: string,
  status: Status,
  lines: Pick<StatusDocument, 'brands' | 'offered_model' | 'revisions' | 'drift'>,
): StatusDocument {
  const { lastError, ...outbox } = status.outbox;
  return {
    program: packageVersion,
    database: path,
    bytes: status.bytes,
    locked_by: status.lockedBy,
    model: status.model && modelLabel(status.model),
    engine: config.model.engine,
    newest_night: instant(status.newestNightMs),
    due: status.due,
    sources: status.sources.map(({ source, files, newestPostMs, lastFileMs }) => ({
      ...{ source, files, newest_post: instant(newestPostMs), last_file: instant(lastFileMs) },
    })),
    input: status.input,
    rejects: status.rejects,
    other_language: status.otherLanguage,
    bad_sources: status.badSources,
    outbox: { ...outbox, last_error: lastError },
    dead_letters: status.dead,
    runs: runLines(status.runs, status.lockedBy !== null),
    ...lines,
  };
}

async function offerOf(config: Config, model: Status['model']): Promise<string | null> {
  const offer = model && (await offeredModel(config, model.sha256));
  return model && offer && describeOffer(offer, model);
}

function instant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

function statusText(status: StatusDocument): string {
  const { input, due } = status;
  const rejects = Object.entries(status.rejects).map(([code, count]) => `${code} ${count}`);
  const sources = status.sources.map((line) => [
    ...[line.source, String(line.files), line.newest_post ?? '–', line.last_file ?? '–'],
  ]);
  return [
    ...(status.brands.length === 0 ? ['No figures yet.'] : [brandTable(status.brands)]),
    '',
    status.runs.length === 0 ? 'No run yet.' : runTable(status.runs),
    '',
    ...(sources.length === 0 ? [] : [formatTable(['source', 'files', 'newest post', 'last file read'], sources), '']),
    ...(status.locked_by === null ? [] : [`at work   ${status.locked_by}`]),
    `due       ${due.files} files to read, ${due.texts} texts to score, ${due.days} days to compute`,
    `input     ${input.files} files, ${input.rows} rows: ${input.stored} posts, ${input.duplicates} seen before, ${input.rejected} not usable${rejects.length > 0 ? ` (${rejects.join(', ')})` : ''}`,
    ...(Object.keys(status.other_language).length === 0
      ? []
      : [`language  not counted: ${languageList(status.other_language)}`]),
    ...status.bad_sources.map((source) => `warning   ${describeBadSource(source)}`),
    ...status.drift.map((line) => `warning   ${line}`),
    ...revisionTextLines(status.revisions),
    ...mailLines(status),
    `model     ${status.model ?? 'none yet'}, engine ${status.engine}`,
    ...(status.offered_model === null ? [] : [`          ${status.offered_model}`]),
    `database  ${status.database}, ${(status.bytes / 1e6).toFixed(1)} MB`,
  ].join('\n');
}

function mailLines({ outbox, dead_letters: dead }: StatusDocument): string[] {
  const { sent, held, waiting, failed, last_error: error } = outbox;
  const later = held === 0 ? '' : `, ${held} to go out at the hour of their team`;
  const tried = failed === 0 ? '' : `, of which ${failed} failed; last error: ${error}`;
  return [
    `mails     ${sent} sent, ${waiting} waiting${tried}${later}`,
    ...dead.map(
      (letter) =>
        `given up  ${letter.subject} (${letter.channel}, ${letter.attempts} attempts): ${letter.error ?? 'no answer'}`,
    ),
    ...(dead.length === 0 ? [] : ['          `monitor alerts deliver --again` tries these once more']),
  ];
}
