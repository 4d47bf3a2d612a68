import { newestDriftDay } from '../../db/drift.ts';
import { newestPublishedDay, newestRevisionDay } from '../../db/published.ts';
import type { Reader } from '../../db/store.ts';
import { recentRevisions } from '../../jobs/brand-reports.ts';
import { driftSentences } from '../../jobs/report.ts';
import { PPM } from '../aggregate/day-stats.ts';
import { bySize, revisionText } from '../aggregate/revision-text.ts';
import type { Revision } from '../aggregate/revisions.ts';
import { rulesOf, shownRule } from '../alerts/stage.ts';
import { formatDay } from '../calendar.ts';
import type { Config } from '../config/schema.ts';

/** A published brand-day whose figures changed within the last week of reports. */
export interface RevisionLine {
  brand: string;
  day: string;
  /** `model`, `late_posts`, `brands`, `corrections`. */
  reasons: readonly string[];
  late_posts: number;
  published: FigureLine;
  now: FigureLine;
  text: string;
}

interface FigureLine {
  posts: number;
  mean_pos: number | null;
  positive_rate: number | null;
}

/** What status tells of changed figures, the largest change first. */
export async function revisionLines(reader: Reader, config: Config): Promise<RevisionLine[]> {
  const published = await newestPublishedDay(reader);
  if (published === undefined) return [];
  const newestDay = Math.max(published, ((await newestRevisionDay(reader)) ?? 0) - 1);
  const rules = rulesOf(config);
  return (await recentRevisions(reader, newestDay)).sort(bySize).map((revision) => {
    const shown = shownRule(rules, revision.slug)?.metric;
    const metric = shown === 'positive_rate' || shown === 'corrected_rate' ? 'positive_rate' : 'mean_pos';
    return {
      ...{ brand: revision.slug, day: formatDay(revision.day), reasons: revision.reasons },
      late_posts: revision.latePosts,
      ...{ published: figureLine(revision.before), now: figureLine(revision.after) },
      text: revisionText(revision, metric, newestDay),
    };
  });
}

function figureLine({ n, nPositive, sumScore }: Revision['before']): FigureLine {
  return n === 0
    ? { posts: 0, mean_pos: null, positive_rate: null }
    : { posts: n, mean_pos: sumScore / PPM / n, positive_rate: nPositive / n };
}

/** What was unusual about the input of the newest day that a report told of. */
export async function driftLines(reader: Reader): Promise<string[]> {
  const day = await newestDriftDay(reader);
  return day === undefined ? [] : driftSentences(reader, day);
}

const SHOWN = 8;

/** Lines for people. */
export function revisionTextLines(lines: readonly RevisionLine[]): string[] {
  const more = lines.length - SHOWN;
  return [
    ...lines.slice(0, SHOWN).map(({ brand, text }) => `changed   ${brand}, ${text}`),
    ...(more > 0 ? [`          and ${more} more days, by less (--json shows all)`] : []),
  ];
}
