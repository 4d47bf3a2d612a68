import { findRun, recentRuns, runsBefore } from '../../db/runs.ts';
import { type RunLine, runLine } from '../../jobs/run-lines.ts';
import { type DataStatus, dataStatus } from '../../jobs/status.ts';
import { count, countOf } from '../../reports/format.ts';
import { html, type Markup } from '../../reports/html.ts';
import { zoneOf } from '../../src/calendar.ts';
import { describeBadSource } from '../../src/ingest/judge.ts';
import type { Page } from '../frame.ts';
import { NotFound } from '../refusal.ts';
import { type Service, storeOf } from '../service.ts';

const RUNS_PER_PAGE = 30;

/** A page of run records, newest first; the newest alone can be at work. */
export async function runsOf(service: Service, before: number | undefined, limit: number): Promise<RunLine[]> {
  const { read } = storeOf(service);
  const rows = await runsBefore(read, before, limit);
  const isLocked = (await service.database.database.lockHolder()) !== undefined;
  const [newest] = isLocked ? await recentRuns(read, 1) : [];
  return rows.map((row) => runLine(row, row.run_id === newest?.run_id));
}

/** Runs, and how good the data is. */
export async function runsPage(service: Service, before: number | undefined): Promise<Page> {
  const runs = await runsOf(service, before, RUNS_PER_PAGE);
  const data = await dataStatus(storeOf(service).read, service.config);
  const lockedBy = await service.database.database.lockHolder();
  const last = runs.at(-1);
  return {
    ...{ title: 'Runs and data', section: '/runs' },
    body: html`<header><h1>Runs and data</h1>
${lockedBy === undefined ? undefined : html`<p class="lead">At work: ${lockedBy}</p>`}</header>
<main>
${dataSections(service, data)}
<section><h2>Runs</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Runs"><table class="lines">
<thead><tr><th scope="col">Run</th><th scope="col">What</th><th scope="col">As of</th><th scope="col">Began</th><th scope="col" class="number">Seconds</th><th scope="col">Outcome</th></tr></thead>
<tbody>
${runs.map(
  (run) =>
    html`<tr><th scope="row"><a href="/runs/${run.run}">${run.run}</a></th><td>${run.kind}</td><td>${run.as_of}</td><td>${local(service, run.started)}</td><td class="number">${run.seconds?.toFixed(1) ?? '–'}</td><td>${outcome(run)}</td></tr>\n`,
)}</tbody></table></div>
${runs.length === RUNS_PER_PAGE && last ? html`<p><a href="/runs?before=${last.run}">Older runs</a></p>` : undefined}
<p><a href="/api/runs?format=csv">As CSV</a></p>
</section>
</main>`,
  };
}

function dataSections(service: Service, status: DataStatus): Markup {
  const { input, due, outbox } = status;
  const rejects = Object.entries(status.rejects);
  return html`<section><h2>Data</h2>
<dl class="facts"><div><dt>Files</dt><dd>${count(input.files)}</dd></div><div><dt>Rows</dt><dd>${count(input.rows)}</dd></div><div><dt>Posts</dt><dd>${count(input.stored)}</dd></div><div><dt>Seen before</dt><dd>${count(input.duplicates)}</dd></div><div><dt>Not usable</dt><dd>${count(input.rejected)}</dd></div><div><dt>Files to read</dt><dd>${count(due.files)}</dd></div><div><dt>Days to compute</dt><dd>${count(due.days)}</dd></div><div><dt>Mails</dt><dd>${count(outbox.sent)} sent, ${count(outbox.waiting)} waiting</dd></div></dl>
${status.badSources.map((source) => html`<p class="warning">${describeBadSource(source)}</p>\n`)}
${outbox.lastError === null ? undefined : html`<p class="warning">The last mail failed: ${outbox.lastError}</p>`}
${
  rejects.length === 0
    ? undefined
    : html`<p>Rows that can’t be used, by reason: ${rejects.map(([code, rows], index) => html`${index === 0 ? '' : ', '}<code>${code}</code> ${count(rows)}`)}. <code>monitor rejects list</code> shows each.</p>`
}
</section>
<section><h2>Sources</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Sources"><table class="lines">
<thead><tr><th scope="col">Source</th><th scope="col" class="number">Files</th><th scope="col">Newest post</th><th scope="col">Last file read</th></tr></thead>
<tbody>${status.sources.map(
    ({ source, files, newestPostMs, lastFileMs }) =>
      html`<tr><th scope="row" dir="auto">${source}</th><td class="number">${count(files)}</td><td>${newestPostMs === null ? '–' : local(service, newestPostMs)}</td><td>${lastFileMs === null ? '–' : local(service, lastFileMs)}</td></tr>\n`,
  )}</tbody></table></div></section>`;
}

/** One run at length. Errors: NotFound. */
export async function runPage(service: Service, runId: number): Promise<Page> {
  const row = await findRun(storeOf(service).read, runId);
  if (!row) throw new NotFound(`There is no run ${runId}.`);
  const [newest] = await recentRuns(storeOf(service).read, 1);
  const isAtWork = newest?.run_id === runId && (await service.database.database.lockHolder()) !== undefined;
  const run = runLine(row, isAtWork);
  const files = filesOf(row.summary);
  return {
    ...{ title: `Run ${runId}`, section: '/runs' },
    body: html`<header><p class="kicker"><a href="/runs">Runs and data</a></p>
<h1>Run ${run.run}: ${run.kind} as of ${run.as_of}</h1>
<p class="lead">${outcome(run)}${run.error_message === null ? undefined : html`: ${run.error_message}`}</p></header>
<main>
<section><h2>Record</h2>
<dl class="facts"><div><dt>Began</dt><dd>${local(service, run.started)}</dd></div><div><dt>Ended</dt><dd>${run.finished === null ? (isAtWork ? 'at work' : 'nobody saw it end') : local(service, run.finished)}</dd></div><div><dt>Model</dt><dd>${run.model ?? 'not known'}</dd></div><div><dt>Program</dt><dd>${run.program ?? 'not known'}</dd></div></dl></section>
<section><h2>Stages</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Stages"><table class="lines"><thead><tr><th scope="col">Stage</th><th scope="col" class="number">Seconds</th><th scope="col">What it did</th></tr></thead>
<tbody>${run.stages.map(
      ({ stage, seconds, counts }) =>
        html`<tr><th scope="row">${stage}</th><td class="number">${seconds.toFixed(1)}</td><td>${Object.entries(counts)
          .map(([name, number]) => `${name} ${count(number)}`)
          .join(', ')}</td></tr>\n`,
    )}</tbody></table></div></section>
${
  files.length === 0
    ? undefined
    : html`<section><h2>Files</h2><ul class="notes">${files.map(({ name, rows }) => html`<li dir="auto">${name}: ${countOf(rows, 'row')}</li>\n`)}</ul></section>`
}
</main>`,
  };
}

const MOST_FILES = 200;

function filesOf(summary: string): { name: string; rows: number }[] {
  const { ingest } = JSON.parse(summary) as { ingest?: { perFile?: { name: string; rows?: number }[] } };
  return (ingest?.perFile ?? []).slice(0, MOST_FILES).map(({ name, rows = 0 }) => ({ name, rows }));
}

function outcome(run: RunLine): Markup {
  const where = run.stage === null ? '' : ` in ${run.stage}`;
  const kind = run.outcome === 'ok' ? 'calm' : run.outcome === 'running' ? '' : 'firing';
  return html`<span class="state ${kind}">${run.error_code ?? run.outcome}${where}</span>`;
}

function local({ config }: Service, at: string | number): string {
  const ms = typeof at === 'number' ? at : Date.parse(at);
  return new Date(zoneOf(config.time_zone).localOf(ms)).toISOString().slice(0, 16).replace('T', ' ');
}
