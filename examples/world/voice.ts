import type { Slots } from '../../src/model/synthetic/fill-in.ts';

/** What the writer of a post feels: the truth that a model has to find. */
export const MOODS = ['positive', 'neutral', 'negative'] as const;
export type Mood = (typeof MOODS)[number];

/**
 * Sentences by mood. `{a|b}` is a choice and may be nested, `{name}` stands for one of the values of a slot,
 * `{brand}` for the brand in one of the ways that people write it, `{dayName}` for the weekday of the post.
 */
type Sentences = Record<Mood, readonly string[]>;

/** Something that people talk about for some days. */
export interface Story {
  /** First and last day, counted back from the last day of the world (0). */
  from: number;
  to: number;
  /** How many times as many posts there are on the brand. */
  volume: number;
  /** The share of the brand's posts that are about the story; the rest are everyday posts. */
  share: number;
  /** Weights of the moods, in the order of MOODS. */
  moods: readonly [number, number, number];
  /** Whether everyday praise stops too, because it would sound wrong on such a day. */
  moodsOfAll: boolean;
  sentences: Sentences;
}

/** One customer who keeps writing about one thing. `{count}` in a sentence is the number of the day. */
interface BusyUser {
  userId: string;
  postsPerDay: number;
  sentences: readonly string[];
}

/** A brand of the world and how people write about it. */
export interface Voice {
  slug: string;
  name: string;
  /** The ways that people write the brand; the first is the commonest. */
  spellings: readonly string[];
  handle: string;
  hashtag: string;
  topics: readonly string[];
  /** Share of the world's posts on an ordinary day. */
  share: number;
  /** Weights of the moods on an ordinary day, in the order of MOODS. */
  moods: readonly [number, number, number];
  slots: Slots;
  sentences: Sentences;
  stories: readonly Story[];
  busyUser?: BusyUser;
}
