import { type Day, formatDay, parseDay, type Zone, zoneOf } from '../../src/calendar.ts';
import type { Slots } from '../../src/model/synthetic/fill-in.ts';
import { brindlecup } from './brindlecup.ts';
import { larkovia } from './larkovia.ts';
import { pellimo } from './pellimo.ts';
import { type Random, randomFrom } from './random.ts';
import { PAIRS, TOWN } from './town.ts';
import { MOODS, type Mood, type Story, type Voice } from './voice.ts';
import { LONGEST_POST, plainText, postText } from './wording.ts';

export const VOICES: readonly Voice[] = [brindlecup, larkovia, pellimo];
export const TIME_ZONE = 'Europe/Berlin';

/** A post of the world, with the truth about it: its brands and its mood. */
export interface WorldPost {
  id: string;
  atMs: number;
  /** The local day in TIME_ZONE, as an ISO date. */
  day: string;
  text: string;
  /** Empty where the writer is not known. */
  userId: string;
  /** Slugs; none, one or two. */
  brands: readonly string[];
  mood: Mood;
}

export interface WorldSize {
  /** First day, as an ISO date. */
  start: string;
  days: number;
  /** On an ordinary weekday, all brands together. */
  postsPerDay: number;
}

/** Weights of the 24 hours: on weekdays people post on the way to work, at noon and in the evening. */
const WEEKDAY_HOURS = [2, 1, 1, 1, 2, 4, 9, 15, 17, 13, 11, 12, 16, 13, 11, 11, 12, 15, 17, 17, 16, 13, 9, 4];
const WEEKEND_HOURS = [5, 3, 2, 1, 1, 1, 2, 4, 8, 13, 16, 17, 16, 15, 14, 14, 14, 15, 15, 16, 16, 14, 11, 7];
const DAY_NAMES = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
/** Monday to Sunday. */
const WEEKDAY_VOLUME = [1, 0.98, 1, 1.02, 1.1, 0.88, 0.82];

const MS_PER_DAY = 86_400_000;
/** Ids count from here, as networks do that put the time into the upper bits. */
const ID_EPOCH_MS = Date.UTC(2010, 0, 1);

type Draft = Omit<WorldPost, 'id' | 'atMs' | 'day'>;

/** Few people write much and many write once: the square of an even draw piles up at the first ids. */
function userId(brand: number, random: Random): string {
  if (random.chance(0.01)) return '';
  const draw = random.next();
  const rank = Math.floor(draw * draw * 4_000);
  return String(41_000_000 + (((rank * 3 + brand) * 7_919) % 8_999_993));
}

function storyOf(voice: Voice, daysFromEnd: number): Story | undefined {
  return voice.stories.find(({ from, to }) => daysFromEnd >= from && daysFromEnd <= to);
}

/** What a brand's posts of one day depend on, chance aside. */
interface DayPlan {
  /** Posts, without the busy user's. */
  count: number;
  story: Story | undefined;
  /** Whether a post may leave its brand to the export's brand column. */
  mayBeUnnamed: boolean;
  /** Values that only this day has. */
  slots: Slots;
}

/** The posts of one brand's day, without their times; the busy user's come on top. */
function brandDay(voice: Voice, brand: number, plan: DayPlan, random: Random): Draft[] {
  const { story, slots, mayBeUnnamed } = plan;
  const drafts: Draft[] = [];
  const add = (text: string, mood: Mood, user: string): void => {
    drafts.push({ text, userId: user, brands: [voice.slug], mood });
  };
  let copied: { text: string; mood: Mood } | undefined;
  for (let index = 0; index < plan.count; index++) {
    if (copied !== undefined && random.chance(0.05)) {
      add(copied.text, copied.mood, userId(brand, random));
      continue;
    }
    const told = story !== undefined && random.chance(story.share) ? story : undefined;
    const weights = told?.moods ?? (story?.moodsOfAll ? story.moods : voice.moods);
    const mood = MOODS[random.weighted(weights)] ?? 'neutral';
    const sentence = random.pick((told ?? voice).sentences[mood]);
    const text = postText(sentence, mood, voice, { mayBeUnnamed, slots }, random);
    const user = userId(brand, random);
    add(text, mood, user);
    const copy = `RT @user${user}: ${text}`;
    if (user !== '' && mood !== 'neutral' && copy.length <= LONGEST_POST && random.chance(0.04))
      copied = { text: copy, mood };
  }
  if (voice.busyUser !== undefined) {
    const { userId: user, postsPerDay, sentences } = voice.busyUser;
    for (let left = random.below(postsPerDay * 2 + 1); left > 0; left--)
      add(
        postText(random.pick(sentences), 'negative', voice, { mayBeUnnamed: false, slots }, random),
        'negative',
        user,
      );
  }
  return drafts;
}

/** Posts on two brands and on none. Nobody praises a brand in passing while a bad story about it runs. */
function townDay(count: number, daysFromEnd: number, random: Random): Draft[] {
  const inTrouble = VOICES.filter((voice) => storyOf(voice, daysFromEnd)?.moodsOfAll === true).map(({ slug }) => slug);
  const pairs = PAIRS.filter(({ brands }) => !brands.some((slug) => inTrouble.includes(slug)));
  return Array.from({ length: count }, () => {
    const user = userId(VOICES.length, random);
    if (random.chance(0.5)) {
      const { brands, mood, sentence } = random.pick(pairs);
      return { text: plainText(sentence, mood, random), userId: user, brands, mood };
    }
    return {
      text: plainText(random.pick(TOWN), 'neutral', random),
      userId: user,
      brands: [],
      mood: 'neutral' as const,
    };
  });
}

/** Gives a day's posts their times, in the rhythm of the weekday. Copies keep their order, after what they copy. */
function timed(drafts: readonly Draft[], day: Day, zone: Zone, random: Random): (Draft & { atMs: number })[] {
  const hours = (day + 3) % 7 >= 5 ? WEEKEND_HOURS : WEEKDAY_HOURS;
  const times = drafts.map(() =>
    zone.instantOf(day * MS_PER_DAY + random.weighted(hours) * 3_600_000 + random.below(3_600) * 1_000),
  );
  times.sort((a, b) => a - b);
  return drafts.map((draft, index) => ({ ...draft, atMs: times[index] ?? 0 }));
}

/** The first days, whose exports have a brand column; on the later ones every post names its brand. */
export function columnDays({ days }: WorldSize): number {
  return Math.floor((days * 2) / 3);
}

/** Lets the brands' posts of a day take turns as they would, each brand's own order kept. */
function interleaved(groups: readonly (readonly Draft[])[], random: Random): Draft[] {
  const left = groups.map((group) => [...group].reverse());
  const mixed: Draft[] = [];
  for (;;) {
    const next = left[random.weighted(left.map((group) => group.length))]?.pop();
    if (next === undefined) return mixed;
    mixed.push(next);
  }
}

/** All posts of the world in the order of time. Throws RangeError where `start` is no day. */
export function worldPosts(seed: number, size: WorldSize): WorldPost[] {
  const random = randomFrom(seed);
  const zone = zoneOf(TIME_ZONE);
  const first = parseDay(size.start);
  if (first === undefined) throw new RangeError(`no such day: ${size.start}`);
  const posts: WorldPost[] = [];
  for (let day = 0; day < size.days; day++) {
    const daysFromEnd = day - (size.days - 1);
    const volume = size.postsPerDay * (WEEKDAY_VOLUME[(first + day + 3) % 7] ?? 1);
    const slots = { count: [String(day + 9)], dayName: [DAY_NAMES[(first + day + 3) % 7] ?? ''] };
    const mayBeUnnamed = day < columnDays(size);
    const groups = VOICES.map((voice, brand) => {
      const story = storyOf(voice, daysFromEnd);
      const count = Math.round(volume * voice.share * (story?.volume ?? 1) * (0.92 + 0.16 * random.next()));
      return brandDay(voice, brand, { count, story, mayBeUnnamed, slots }, random);
    });
    groups.push(townDay(Math.round(volume * 0.04), daysFromEnd, random));
    for (const { atMs, ...draft } of timed(interleaved(groups, random), first + day, zone, random)) {
      const id = String((BigInt(atMs - ID_EPOCH_MS) << 22n) + BigInt(posts.length & 0x3f_ffff));
      posts.push({ id, atMs, day: formatDay(first + day), ...draft });
    }
  }
  return posts;
}
