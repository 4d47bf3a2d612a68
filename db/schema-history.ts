import type { Generated } from 'kysely';
import type { Day } from '../src/calendar.ts';

/** Tables about what was told of the past, and how it changed. */
export interface HistorySchema {
  /** What a report last said of each brand-day, in the whole numbers that its figures are computed from. */
  published: PublishedRow;
  /** Append-only: a line for each time that a published figure was found changed. */
  revisions: {
    brand_id: number;
    day: Day;
    /** 1, 2, … for each brand-day. */
    revision: number;
    run_id: number;
    /** The morning whose report is the first with the new figure. */
    revised_on: Day;
    reason: RevisionReason;
    /** Posts of that day that were stored after it was published. */
    late_posts: number;
    n_before: number;
    n_positive_before: number;
    sum_score_before: number;
    n_after: number;
    n_positive_after: number;
    sum_score_after: number;
  };
  /** Events that people noted; of all brands without a brand. */
  annotations: { annotation_id: Generated<number>; brand_id: number | null; day: Day; note: string };
  /** Words of a sample of a brand-day's texts, and how many of them a network does not know. */
  input_stats: {
    network_id: number;
    brand_id: number;
    day: Day;
    texts: number;
    tokens: number;
    unknown: number;
  };
  /** How a day's input compares with the weeks before: a row a brand, and one for all brands with few posts. */
  drift: {
    day: Day;
    /** A brand's slug, or `*` for the brands with few posts together. */
    scope: string;
    run_id: number;
    /** The measures beyond their limits, JSON array. */
    signs: string;
    measures: string;
    /** The alert rules whose mail was held because of it, JSON array. */
    held: string;
  };
}

/** Why a published figure changed, the weightiest reason first. */
export type RevisionReason = 'model' | 'late_posts' | 'brands' | 'corrections';

export interface PublishedRow {
  brand_id: number;
  day: Day;
  model_id: number;
  n: number;
  n_positive: number;
  sum_score: number;
  /** The newest post of the database when it was published. */
  newest_post: number;
}
