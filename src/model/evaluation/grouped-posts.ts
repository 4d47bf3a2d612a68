import { stat } from 'node:fs/promises';
import type { Progress } from '../../context.ts';
import { cleanText } from '../../ingest/text.ts';
import type { Model } from '../artifact.ts';
import type { Pool } from '../pool.ts';
import { judge } from '../probabilities.ts';
import { readColumns } from '../table-columns.ts';
import { USUAL_LABELS } from '../training/labelled-rows.ts';
import type { PostOfGroup } from './group-rates.ts';

const PAGE = 4_096;

export interface ScoredRowsOptions {
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
 * left out and counted. A few numbers a row stay in memory. Errors: readColumns', the pool's.
 */
export async function scoredRows(options: ScoredRowsOptions): Promise<{ posts: PostOfGroup[]; skipped: number }> {
  const { data, columns, groupBy, model, pool, signal, progress } = options;
  const { spec } = model;
  const clean = spec.tokenizer.reads === 'cleaned' ? cleanText : (text: string) => text;
  const posts: PostOfGroup[] = [];
  let skipped = 0;
  let page: (string | undefined)[][] = [];
  const flush = async () => {
    const raw = await pool.score(
      page.map(([text]) => clean(text ?? '')),
      signal,
    );
    for (const [index, [, label, user, ...group]] of page.entries()) {
      const name = USUAL_LABELS[(label ?? '').trim().toLowerCase()];
      posts.push({
        userId: user === undefined || user.trim() === '' ? null : user,
        ...judge(model, raw[2 * index] ?? Number.NaN, raw[2 * index + 1] ?? Number.NaN),
        group: group.map((cell) => cell ?? ''),
        label: name !== undefined && spec.labels.some((own) => own === name) ? name : null,
      });
    }
    page = [];
  };
  const size = await stat(data).then(
    (found) => found.size,
    () => undefined,
  );
  progress.start('score', size);
  try {
    const names = [columns.text, columns.label, columns.user ?? columns.text, ...groupBy];
    for await (const rows of readColumns(data, names, new Set([columns.label]), progress.advance))
      for (const [text = '', label, user, ...group] of rows) {
        if (text.trim() === '') {
          skipped += 1;
          continue;
        }
        page.push([text, label, columns.user === undefined ? undefined : user, ...group]);
        if (page.length === PAGE) await flush();
      }
    if (page.length > 0) await flush();
  } finally {
    progress.finish();
  }
  return { posts, skipped };
}
