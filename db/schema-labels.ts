import type { Generated } from 'kysely';
import type { Day } from '../src/calendar.ts';
import type { Sentiment } from '../src/sentiment.ts';

/** Tables about posts that people judged. Nothing in them outlives the text of its post. */
export interface LabelsSchema {
  /** Simple random samples of a brand's posts on these days. */
  samples: {
    sample_id: Generated<number>;
    /** What the keys of its file begin with: a hash of what was drawn. */
    code: string;
    brand_id: number;
    from_day: Day;
    to_day: Day;
    seed: number;
    /** Posts drawn, out of so many. */
    size: number;
    population: number;
    drawn_ms: number;
  };
  /** The posts of a sample that are still what they were, by the place in which they were drawn, from 1. */
  sample_posts: { sample_id: number; place: number; post_id: number };
  labels: { post_id: number; kind: LabelKind; label: Sentiment; labelled_ms: number };
}

/** How a label came about: a post drawn at random, or one that someone stumbled on, which says nothing of the others. */
type LabelKind = 'random' | 'correction';
