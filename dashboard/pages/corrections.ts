import { type Correction, corrections } from '../../db/corrections.ts';
import { longDate } from '../../reports/format.ts';
import { html, type Markup } from '../../reports/html.ts';
import { type Sink, type TableFormat, tableWriter } from '../../reports/tables.ts';
import { formatDay } from '../../src/calendar.ts';
import { hidden, type Page } from '../frame.ts';
import { type Service, storeOf } from '../service.ts';

const PER_PAGE = 100;

/** The posts whose class somebody corrected. */
export async function correctionsPage(
  service: Service,
  { after, formKey }: { after: number | undefined; formKey: string },
): Promise<Page> {
  const found = service.database.store()
    ? await corrections(storeOf(service).read, { after: after ?? 0, limit: PER_PAGE })
    : [];
  const last = found.at(-1);
  return {
    ...{ title: 'Corrections', section: '/corrections' },
    body: html`<header><h1>Corrections</h1>
<p class="lead">Posts whose class somebody put right on a day’s page. They change no figure: they are texts to train and to measure with.</p></header>
<main>
<section><div class="row"><h2>Take them along</h2><a href="/corrections.csv">CSV</a> <a href="/corrections.jsonl">JSON Lines</a></div>
<pre>monitor model evaluate --data corrections.jsonl</pre>
<p class="hint">They were stumbled on, not drawn at random: how often the model is right on them says nothing of all posts. For that there is <code>monitor audit</code>.</p></section>
<section><h2>Posts</h2>
${found.length === 0 ? html`<p>None yet. Under each post of a day there is a choice “Right is”.</p>` : html`<ul class="list">${found.map((correction) => item(correction, formKey))}</ul>`}
${found.length === PER_PAGE && last ? html`<p><a href="/corrections?after=${last.postId}">Next</a></p>` : undefined}
</section></main>`,
  };
}

function item({ postId, label, day, source, text }: Correction, formKey: string): Markup {
  return html`<li class="post"><p dir="auto">${text}</p><div class="meta"><span class="class ${label}">${label}</span><span>${longDate(day)}</span><span dir="auto">${source}</span>
<form action="/posts/${postId}/correction" method="post">${hidden('key', formKey)}${hidden('back', '/corrections')}${hidden('label', '')}<button>Take back</button></form></div></li>
`;
}

/** Writes all corrections as labelled texts, as training and `monitor model evaluate` read them. */
export async function writeCorrections(service: Service, format: TableFormat, sink: Sink): Promise<void> {
  const columns = ['text', 'label', 'source', 'day', 'post_id'] as const;
  const table = await tableWriter(
    format,
    columns.map((name) => ({ name, type: name === 'post_id' ? 'whole' : 'text' })),
    sink,
  );
  const { read } = storeOf(service);
  for (let after = 0; ; ) {
    const page = await corrections(read, { after, limit: 1_000 });
    await table.add(page.map((row) => [row.text, row.label, row.source, formatDay(row.day), row.postId]));
    after = page.at(-1)?.postId ?? after;
    if (page.length < 1_000) break;
  }
  await table.end();
}
