import { type Day, zoneOf } from '../calendar.ts';
import type { Config } from '../config/schema.ts';
import { createPeople } from '../privacy/people.ts';
import { type NamedCount, tagCounts } from './found-brands.ts';
import { type FileContent, isDamage, type Plan, planFile, readPlanned } from './plan.ts';
import type { RowProblem } from './reader.ts';
import { createRowReader } from './rows.ts';
import { settingsOf } from './source.ts';

/** Enough to see what an export is about; a large one is not read to its end for that. */
const SURVEYED_ROWS = 50_000;
/** Values of a brand column that are told apart. A column with more is none of brands. */
const MOST_VALUES = 1000;

/** What the first rows of an export hold. */
export interface Survey {
  readonly plan: Plan;
  readonly rows: number;
  readonly posts: number;
  readonly firstDay: Day | null;
  readonly lastDay: Day | null;
  /** Values of the brand column, the commonest first; empty without such a column. */
  readonly columnBrands: readonly NamedCount[];
  /** Mentions and hashtags, the commonest first. */
  readonly tags: readonly NamedCount[];
}

/** Looks through the first rows of an export to see how it is read and whom it is about. Writes nothing. Errors: E_FILE. */
export async function surveyFile(
  file: FileContent,
  { config, source, nowMs }: { config: Config; source: string; nowMs: number },
): Promise<Survey | RowProblem> {
  const plan = await planFile(file, settingsOf(config, source));
  if ('code' in plan) return plan;
  const read = createRowReader({
    columns: plan.columns,
    zone: zoneOf(config.time_zone),
    dates: { zone: plan.zone, order: plan.dateOrder },
    ...{ nowMs, match: () => [], people: createPeople('keep', new Uint8Array(32), new Set()) },
  });
  const column = new Map<string, number>();
  const tags = tagCounts();
  const seen = { rows: 0, posts: 0, firstDay: null as Day | null, lastDay: null as Day | null };
  try {
    reading: for await (const rows of readPlanned(file, plan, () => undefined))
      for (const row of rows) {
        if (seen.rows === SURVEYED_ROWS) break reading;
        seen.rows += 1;
        const post = read(row);
        if ('code' in post) continue;
        seen.posts += 1;
        seen.firstDay = Math.min(seen.firstDay ?? post.day, post.day);
        seen.lastDay = Math.max(seen.lastDay ?? post.day, post.day);
        tags.add(post.body);
        if (post.brand !== null && (column.has(post.brand) || column.size < MOST_VALUES))
          column.set(post.brand, (column.get(post.brand) ?? 0) + 1);
      }
  } catch (thrown) {
    // What comes before the damage was read.
    if (!isDamage(thrown)) throw thrown;
  }
  const columnBrands = [...column].map(([name, posts]) => ({ name, posts })).sort((a, b) => b.posts - a.posts);
  return { plan, ...seen, columnBrands, tags: tags.counts() };
}
