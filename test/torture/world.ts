import { gzipSync } from 'node:zlib';
import type { Random } from '../../examples/world/random.ts';
import { formatDay } from '../../src/calendar.ts';

/** What a process is told to do, at a moment that stands still. */
export type Job = { nowMs: number } & (
  | { kind: 'nightly'; asOf: number }
  | { kind: 'backfill'; from: number; to: number }
);

/** Files arrive, then a job runs. */
export interface Step {
  name: string;
  files: { name: string; content: string | Buffer }[];
  job: Job;
}

export interface WorldOptions {
  random: Random;
  /** Words that the model finds good, bad, and neither. */
  words: { good: readonly string[]; bad: readonly string[]; other: readonly string[] };
  historyDays: number;
  nights: number;
  postsPerDay: number;
  /** The night with which the first dip begins. */
  firstDip?: number;
}

interface Post {
  id: string;
  day: number;
  second: number;
  user: string;
  text: string;
}

const DAY_MS = 86_400_000;
const FIRST_DAY = 20_150;

/**
 * Some weeks of exports by two tools, with what goes wrong in real ones: days exported twice, files delivered again under
 * another name, late posts, corrected posts, rows and files that can't be used, a night without files, and dips that mail.
 * A history is backfilled first, and corrected and backfilled again later.
 */
export function tortureWorld(options: WorldOptions): Step[] {
  const { historyDays, nights } = options;
  const start = FIRST_DAY + historyDays;
  const tools = [toolWithIds(options), toolWithoutIds(options)];
  const steps: Step[] = [];
  const backfill = (name: string, from: number, to: number, today: number, files: Step['files']): void => {
    steps.push({ name, files, job: { kind: 'backfill', from, to, nowMs: today * DAY_MS + 3 * 3_600_000 } });
  };
  const history = Array.from({ length: historyDays }, (_, index) => FIRST_DAY + index);
  backfill(
    'history',
    FIRST_DAY,
    start - 1,
    start,
    tools.map((tool) => tool.history(history)),
  );
  let waiting: Step['files'] = [];
  for (let night = 0; night < nights; night += 1) {
    const day = start + night;
    const files = [...waiting, ...tools.flatMap((tool) => tool.night(day, night))];
    // One night the files come a day late.
    waiting = night === 7 ? files : [];
    steps.push({
      name: `night ${formatDay(day + 1)}`,
      files: night === 7 ? [] : files,
      job: { kind: 'nightly', asOf: day + 1, nowMs: (day + 1) * DAY_MS + 3 * 3_600_000 },
    });
    if (nights < 6) continue;
    if (night === Math.floor(nights / 3))
      backfill('history again', FIRST_DAY, start - 1, day + 1, [tools[0]?.corrections(history, 40)].flatMap(some));
    if (night === Math.floor((2 * nights) / 3))
      backfill('everything', FIRST_DAY, day, day + 1, [tools[0]?.corrections([...history, start], 25)].flatMap(some));
  }
  return steps;
}

function some<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}

interface Tool {
  history(days: readonly number[]): Step['files'][number];
  night(day: number, night: number): Step['files'];
  /** Posts of these days once more, some with another text, some new. */
  corrections(days: readonly number[], share: number): Step['files'][number];
}

/** One in so many rows can't be used. */
const BROKEN = 0.01;

/** CSV, a brand column, ids; each export reaches back into the day before. */
function toolWithIds({ random, words, postsPerDay, firstDip = 9 }: WorldOptions): Tool {
  const posts = new Map<number, Post[]>();
  const held = new Map<number, Post[]>();
  const made = (day: number, mood: number): Post[] => {
    const all = makePosts(random, words, day, postsPerDay, mood, 'a');
    held.set(
      day,
      all.filter(() => random.chance(0.04)),
    );
    posts.set(day, all);
    return all.filter((post) => !held.get(day)?.includes(post));
  };
  const row = (post: Post): string =>
    random.chance(BROKEN)
      ? `${post.id}x,not a date,${post.text},${post.user},acme`
      : `${post.id},${timeOf(post)},${post.text},${post.user},${post.second % 5 === 0 ? '' : 'acme'}`;
  const csv = (rows: readonly Post[]): string => `id,created_at,text,user_id,brand\n${rows.map(row).join('\n')}\n`;
  const corrected = (post: Post): Post => ({ ...post, text: `${post.text} ${random.pick(words.other)} corrected` });
  return {
    history: (days) => ({ name: 'tool-a/history.csv', content: csv(days.flatMap((day) => made(day, 0.8))) }),
    night: (day, night) => {
      const before = (posts.get(day - 1) ?? []).filter(() => random.chance(0.5));
      const fixed = before.map((post) => (random.chance(0.05) ? corrected(post) : post));
      const late = held.get(day - 2) ?? [];
      const content = csv([...fixed, ...late, ...made(day, night >= firstDip && night <= firstDip + 3 ? 0.05 : 0.8)]);
      const name = `tool-a/${formatDay(day)}.csv`;
      const files: Step['files'] =
        night % 3 === 1 ? [{ name: `${name}.gz`, content: gzipSync(content) }] : [{ name, content }];
      if (night === 5)
        files.push({ name: 'tool-a/cut.csv.gz', content: gzipSync(csv(before)).subarray(0, -30) as Buffer });
      if (night === 6) files.push({ name: 'tool-a/odd.csv', content: 'when,what\n1,2\n' });
      return files;
    },
    corrections: (days, share) => {
      const old = days.flatMap((day) => posts.get(day) ?? []).filter(() => random.below(100) < share);
      return {
        name: `tool-a/corrections-${days.length}.csv`,
        content: csv(old.map((post) => (random.chance(0.3) ? corrected(post) : post))),
      };
    },
  };
}

/** JSON Lines without ids, brands found by their words; files are delivered again, renamed and with more rows. */
function toolWithoutIds({ random, words, postsPerDay }: WorldOptions): Tool {
  let newest: Post[] = [];
  const lines = (rows: readonly Post[], broken = BROKEN): string =>
    rows
      .map((post) =>
        random.chance(broken)
          ? '{"created_at":'
          : JSON.stringify({ created_at: timeOf(post), text: `coffee ${post.text}`, user_id: post.user }),
      )
      .join('\n');
  const made = (day: number, mood: number): Post[] => {
    newest = makePosts(random, words, day, postsPerDay, mood, 'b');
    return newest;
  };
  return {
    history: (days) => ({ name: 'tool-b/history.jsonl', content: lines(days.flatMap((day) => made(day, 0.7))) }),
    night: (day, night) => {
      const again = night % 4 === 2 ? newest : [];
      const posts = made(day, night >= 14 && night <= 16 ? 0.05 : 0.7);
      const files: Step['files'] = [
        { name: `tool-b/${formatDay(day)}.jsonl`, content: lines(posts, night === 11 ? 0.2 : BROKEN) },
      ];
      if (again.length > 0)
        files.push({ name: `tool-b/again-${night}.jsonl`, content: lines([...again, ...posts.slice(0, 9)], 0) });
      return files;
    },
    corrections: (days) => ({ name: `tool-b/more-${days.length}.jsonl`, content: lines(newest) }),
  };
}

function makePosts(
  random: Random,
  words: WorldOptions['words'],
  day: number,
  count: number,
  mood: number,
  prefix: string,
): Post[] {
  return Array.from({ length: count }, (_, index) => {
    const mooded = random.next() < mood ? words.good : words.bad;
    const text = Array.from({ length: 4 + random.below(5) }, (_, place) =>
      random.pick(place % 3 === 2 ? words.other : mooded),
    );
    return {
      id: `${prefix}${day}-${index}`,
      day,
      second: random.below(86_400),
      user: `user${random.below(40)}`,
      text: text.join(' '),
    };
  });
}

function timeOf({ day, second }: Post): string {
  return new Date(day * DAY_MS + second * 1_000).toISOString();
}
