import type { Generated } from 'kysely';
import type { Day } from '../src/calendar.ts';
import type { AlertsSchema } from './schema-alerts.ts';
import type { HistorySchema } from './schema-history.ts';
import type { LabelsSchema } from './schema-labels.ts';
import type { MessagesSchema } from './schema-messages.ts';
import type { SecondOpinionSchema } from './schema-second-opinion.ts';

/**
 * The tables. Days are integers since 1970-01-01 in the configured zone; instants are milliseconds UTC;
 * JSON is text, so that both dialects keep it to the letter; exact products beyond 2^53 are decimal text.
 */
export interface Schema extends HistorySchema, LabelsSchema, AlertsSchema, MessagesSchema, SecondOpinionSchema {
  settings: { key: string; value: string };
  sources: { source_id: Generated<number>; name: string; watermark_ms: number | null };
  files: {
    file_id: Generated<number>;
    source_id: number;
    sha256: string;
    name: string;
    state: FileState;
    rows: number;
    stored: number;
    duplicates: number;
    rejected: number;
    /** Those of the duplicates that corrected the post. */
    updated: number;
    /** How its rows are cut into fields, JSON; null until the header was read. */
    layout: string | null;
    /** The day on which reading it began. */
    begun_day: Day;
    /** 1 once the share of its rejects was looked at and the owner told if need be. */
    judged: number;
    /** When it was read to its end, or found to be unusable; null for files from before this was kept. */
    finished_ms: Generated<number | null>;
  };
  rejects: { file_id: number; row: number; line: number; code: string; reason: string; raw: Uint8Array };
  texts: {
    text_id: Generated<number>;
    hash16: Uint8Array;
    /** Empty once it was deleted by age. */
    body: string;
    original: string | null;
    /** The same for texts that are copies of one another; null for texts from before copies were marked. */
    copy16: Uint8Array | null;
  };
  posts: {
    post_id: Generated<number>;
    source_id: number;
    key: string;
    text_id: number;
    at_ms: number;
    day: Day;
    user_id: string | null;
    extra: string | null;
    /** The value of its brand column. */
    brand: string | null;
    /** The language that keeps it out of all brands; null when it counts. */
    other_language: string | null;
  };
  brands: { brand_id: Generated<number>; slug: string; name: string };
  post_brands: { brand_id: number; day: Day; post_id: number };
  networks: { network_id: Generated<number>; sha256: string; spec: string };
  models: {
    model_id: Generated<number>;
    sha256: string;
    network_id: number;
    name: string;
    spec: string;
  } & CalibrationColumns;
  scores: { network_id: number; text_id: number; p_negative: number; p_positive: number };
  day_stats: DayStatsRow;
  /** Days before `before_day`, down to the next earlier one, keep this model's figures. */
  kept_models: { before_day: Day; model_id: number };
  /** A view: the models of the series, each with its first and last day. */
  model_spans: { model_id: number; from_day: Day; to_day: Day };
  /** A view: the daily statistics of the series, each day by the one model that it shows. */
  series_stats: DayStatsRow;
  dirty_days: { brand_id: number; day: Day; seq: number };
  alert_events: {
    rule_id: string;
    day: Day;
    revision: number;
    run_id: number;
    data_seq: number;
    from_state: AlertState;
    to_state: AlertState;
    reason: string;
    inputs: string;
  };
  /** People who asked to be forgotten, as keyed hashes. */
  forgotten: { user_hash: string };
  runs: {
    run_id: Generated<number>;
    kind: RunKind;
    as_of: Day;
    started_ms: number;
    finished_ms: number | null;
    outcome: RunOutcome;
    error_code: string | null;
    summary: string;
    /** The model that it worked with, and the hash of its settings. */
    model_id: Generated<number | null>;
    config_hash: Generated<string | null>;
    /** The version of the program; the process and machine that it ran on. */
    program: Generated<string | null>;
    process: Generated<number | null>;
    host: Generated<string | null>;
    /** The stage under way, or the one in which it ended early; null once it is through. */
    stage: Generated<string | null>;
    error_message: Generated<string | null>;
  };
}

/** A model's calibration as the views apply it; null for a model without, and for the neutral that two classes lack. */
interface CalibrationColumns {
  scale_negative: Generated<number | null>;
  bias_negative: Generated<number | null>;
  scale_neutral: Generated<number | null>;
  bias_neutral: Generated<number | null>;
  scale_positive: Generated<number | null>;
  bias_positive: Generated<number | null>;
}

export type FileState = 'reading' | 'read' | 'failed';
export type AlertState = 'inactive' | 'pending' | 'firing' | 'resolved' | 'no_data';
export type RunKind = 'nightly' | 'backfill' | 'ingest' | 'score' | 'report' | 'model';
export type RunOutcome = 'running' | 'ok' | 'rejected_input' | 'mail_failed' | 'failed' | 'interrupted' | 'killed';

/** One brand's day under one model: what every figure is computed from, in whole numbers, so that sums are exact. */
export interface DayStatsRow {
  model_id: number;
  brand_id: number;
  day: Day;
  data_seq: number;
  /** Scored posts, and those of each class. */
  n: number;
  n_positive: number;
  n_negative: number;
  /** Sums over posts in parts per million. */
  sum_score: number;
  sum_p_positive: number;
  sum_p_negative: number;
  /** Distinct users; a post without a user counts as one of its own. */
  users: number;
  /**
   * Sums over users of products of their post count (n), score sum (s, parts per million) and positive count (k):
   * what a variance clustered by user needs. Decimal text, because one busy user takes them beyond 2^53.
   */
  user_nn: string;
  user_sn: string;
  user_ss: string;
  user_kn: string;
  user_kk: string;
  /**
   * The same with the sums of p_negative (a) and p_positive (b): aa, ab, bb, an, bn, a JSON array of decimal texts. Null for
   * days computed before these were kept.
   */
  user_probabilities: string | null;
  /** Posts per twentieth of the score, JSON array of 20 counts. */
  histogram: string;
}
