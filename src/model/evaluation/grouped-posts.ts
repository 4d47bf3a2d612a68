import { stat } from 'node:fs/promises';
import type { Progress } from '../../context.ts';
import { MonitorError } from '../../errors.ts';
import type { Model } from '../artifact.ts';
import { inOrder } from '../in-order.ts';
import { PAGES_IN_FLIGHT, pagesOf } from '../pages.ts';
import type { Pool } from '../pool.ts';
import { judge } from '../probabilities.ts';
import { readColumns } from '../table-columns.ts';
import { cleanerOf } from '../tokenizer.ts';
import { USUAL_LABELS } from '../training/labelled-rows.ts';
import type { PostOfGroup } from './group-rates.ts';

export interface GroupedPostsOptions {
  readonly data: string;
  readonly columns: { readonly text: string; readonly label: string; readonly user: string | undefined };
  readonly groupBy: readonly string[];
  readonly model: Pick<Model, 'spec'>;
  readonly pool: Pick<Pool, 'score'>;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/**
 * A file's texts as the model judges them, with their group, and their label where the file has one; rows without a text are
 * left out and counted. A few numbers a row stay in memory. Errors: readColumns', the pool's, E_INPUT without any text.
 */
export async function groupedPosts(options: GroupedPostsOptions): Promise<{ posts: PostOfGroup[]; skipped: number }> {
  const { data, columns, groupBy, model, pool, signal, progress } = options;
  const { spec } = model;
  const clean = cleanerOf(spec.tokenizer);
  const posts: PostOfGroup[] = [];
  let skipped = 0;
  async function* texts(): AsyncGenerator<{ text: string; cells: readonly (string | undefined)[] }> {
    const names = [columns.text, columns.label, columns.user ?? columns.text, ...groupBy];
    for await (const rows of readColumns(data, names, new Set([columns.label]), progress.advance))
      for (const row of rows) {
        const [text = '', ...cells] = 'skipped' in row ? [] : row;
        if (text.trim() === '') skipped += 1;
        else yield { text: clean(text), cells };
      }
  }
  const score = (page: readonly { text: string }[]) =>
    pool.score(
      page.map(({ text }) => text),
      signal,
    );
  progress.start('score', (await stat(data).catch(() => undefined))?.size);
  try {
    const scored = inOrder(
      pagesOf(texts(), ({ text }) => text.length),
      score,
      PAGES_IN_FLIGHT,
    );
    for await (const { item: page, result: raw } of scored)
      for (const [index, { cells }] of page.entries()) {
        const [label = '', writer = '', ...group] = cells;
        const name = USUAL_LABELS[label.trim().toLowerCase()];
        posts.push({
          userId: columns.user === undefined || writer.trim() === '' ? null : writer,
          ...judge(model, raw[2 * index] ?? Number.NaN, raw[2 * index + 1] ?? Number.NaN),
          group: group.map((cell) => cell ?? ''),
          label: name !== undefined && spec.labels.some((own) => own === name) ? name : null,
        });
      }
  } finally {
    progress.finish();
  }
  if (posts.length === 0)
    throw new MonitorError('E_INPUT', 'No row of the file has a text.', {
      place: { file: data },
      remedy: `Check the column "${columns.text}", or name another one with --text-column.`,
    });
  return { posts, skipped };
}
