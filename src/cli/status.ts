import { existsSync, statSync } from 'node:fs';
import type { Command } from 'commander';
import { inputTotals } from '../../db/files.ts';
import { activeModel } from '../../db/networks.ts';
import { outboxState } from '../../db/outbox.ts';
import { daysOfPosts } from '../../db/posts.ts';
import { rejectsByCode } from '../../db/rejects.ts';
import { type RunRow, recentRuns } from '../../db/runs.ts';
import { openSqlite } from '../../db/store.ts';
import { describeOffer, offeredModel } from '../../jobs/models.ts';
import { databasePath } from '../../jobs/session.ts';
import { formatDay } from '../calendar.ts';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { type BadSource, describeBadSource } from '../ingest/judge.ts';
import { modelLabel } from '../model/pinned.ts';
import { type CommonOptions, databaseCommand, type SetExitCode } from './environment.ts';
import { formatTable, printResult } from './output.ts';
import { type BrandLine, brandLines, brandTable } from './run-output.ts';

interface StatusDocument {
  database: string;
  bytes: number;
  model: string | null;
  /** One line, when the settings name another model than that. */
  offered_model: string | null;
  input: Awaited<ReturnType<typeof inputTotals>>;
  rejects: Record<string, number>;
  /** Sources of the newest run that looked at rejects, and found too many. */
  bad_sources: BadSource[];
  outbox: Awaited<ReturnType<typeof outboxState>>;
  runs: { run: number; kind: string; as_of: string; started: string; outcome: string; error_code: string | null }[];
  brands: BrandLine[];
}

export function statusCommand(_setExitCode: SetExitCode): Command {
  return databaseCommand('status', 'show the last runs, where each brand stands, and what waits', [
    'monitor status',
    'monitor status --json',
  ]).action(async (options: CommonOptions) => {
    const config = loadConfig(options.config);
    const path = databasePath(config);
    if (!existsSync(path)) {
      printResult(
        options.json === true,
        { database: null },
        `There is no database yet: ${path}\nThe first \`monitor run\` makes it.`,
      );
      return;
    }
    const document = await readStatus(config, path);
    printResult(options.json === true, document, statusText(document));
  });
}

async function readStatus(config: Config, path: string): Promise<StatusDocument> {
  const store = await openSqlite(path);
  try {
    const model = await activeModel(store.read);
    const offer = model ? await offeredModel(config, model.sha256) : null;
    const days = await daysOfPosts(store.read);
    const runs = await recentRuns(store.read, 5);
    return {
      database: path,
      bytes: statSync(path).size,
      model: model ? modelLabel(model) : null,
      offered_model: model && offer ? describeOffer(offer, model) : null,
      input: await inputTotals(store.read),
      rejects: await rejectsByCode(store.read),
      bad_sources: badSourcesOf(runs),
      outbox: await outboxState(store.read),
      runs: runs.map((run) => ({
        run: run.run_id,
        kind: run.kind,
        as_of: formatDay(run.as_of),
        started: new Date(run.started_ms).toISOString(),
        outcome: run.outcome,
        error_code: run.error_code,
      })),
      brands: model && days ? await brandLines({ store, config }, days.to) : [],
    };
  } finally {
    await store.close();
  }
}

function badSourcesOf(runs: readonly RunRow[]): BadSource[] {
  const summaries = runs.map((run) => JSON.parse(run.summary) as { rejects?: { sources: BadSource[] } });
  return summaries.find(({ rejects }) => rejects !== undefined)?.rejects?.sources ?? [];
}

function statusText(status: StatusDocument): string {
  const { input, outbox } = status;
  const rejects = Object.entries(status.rejects).map(([code, count]) => `${code} ${count}`);
  return [
    brandTable(status.brands),
    '',
    formatTable(
      ['run', 'kind', 'as of', 'started', 'outcome'],
      status.runs.map((run) => [String(run.run), run.kind, run.as_of, run.started, run.error_code ?? run.outcome]),
    ),
    '',
    `input     ${input.files} files, ${input.rows} rows: ${input.stored} posts, ${input.duplicates} seen before, ${input.rejected} not usable${rejects.length > 0 ? ` (${rejects.join(', ')})` : ''}`,
    ...status.bad_sources.map((source) => `warning   ${describeBadSource(source)}`),
    `mails     ${outbox.sent} sent, ${outbox.waiting} waiting${outbox.lastError === null ? '' : `; last error: ${outbox.lastError}`}`,
    `model     ${status.model ?? 'none yet'}`,
    ...(status.offered_model === null ? [] : [`          ${status.offered_model}`]),
    `database  ${status.database}, ${(status.bytes / 1e6).toFixed(1)} MB`,
  ].join('\n');
}
