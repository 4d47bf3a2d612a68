import type { Day } from '../src/calendar.ts';

/** Tables about what a second, accurate model says. */
export interface SecondOpinionSchema {
  /**
   * A random sample of a brand-day, read by the model that shows the day and by an accurate one: sums of f, the first one's
   * p_positive, and g, 1 where the other calls the post positive, in parts per million; products are decimal text.
   */
  day_samples: {
    model_id: number;
    brand_id: number;
    day: Day;
    accurate_model_id: number;
    /** That of the day's statistics when the sample was drawn. */
    data_seq: number;
    /** Posts that were asked for; `n` is fewer where the day has fewer. */
    size: number;
    n: number;
    sum_f: number;
    sum_g: number;
    sum_ff: string;
    sum_fg: string;
    sum_gg: string;
  };
  /** What an accurate model said of a dip that began on `since_day`, on the morning after `day`. */
  second_opinions: {
    rule_id: string;
    since_day: Day;
    day: Day;
    run_id: number;
    verdict: Verdict;
    /** Everything that it rests on, JSON. */
    inputs: string;
  };
}

/** Unsure: its interval reaches from a fall to none. Unknown: it could not be asked. */
export type Verdict = 'agrees' | 'disagrees' | 'unsure' | 'unknown';
