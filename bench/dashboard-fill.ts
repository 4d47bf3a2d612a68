import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { pino } from 'pino';
import { stringify } from 'yaml';
import { databasePath } from '../db/database.ts';
import { nightly } from '../jobs/nightly.ts';
import { withSession } from '../jobs/session.ts';
import { type Day, formatDay, parseDay } from '../src/calendar.ts';
import { loadConfig } from '../src/config/load.ts';

export const [BRANDS, DAYS] = [50, 100];
export const LAST: Day = parseDay('2026-04-10') ?? 0;
export const slugOf = (brand: number): string => `brand-${brand}`;
/** What the posts are made of. */
export const WORDS =
  'flight delay crew seat great awful refund bag late kind price app phone never again always thanks'.split(' ');
const RULES = [{ below: 0.45, min_posts: 5 }, { type: 'volume' }];

/**
 * Makes a data folder with so many invented posts, if it isn't there yet: the same ones each time. A fiftieth of them is on the
 * first brand's last day, 100,000 of 5,000,000. What follows from posts is made by a nightly run. Gives the settings' file.
 */
export async function filledFolder(folder: string, posts: number): Promise<string> {
  const configFile = join(folder, 'monitor.yaml');
  const done = join(folder, 'filled');
  if (existsSync(done)) return configFile;
  mkdirSync(join(folder, 'inbox'), { recursive: true });
  const brands = Array.from({ length: BRANDS }, (_, brand) => [
    slugOf(brand),
    { name: `Brand ${brand}`, alerts: RULES.slice(0, 1 + (brand % 2)) },
  ]);
  writeFileSync(configFile, stringify({ brands: Object.fromEntries(brands) }));
  const config = loadConfig(configFile);
  const input = {
    ...{ config, clock: Date.now, log: pino({ level: 'silent' }), signal: new AbortController().signal },
    progress: { start: () => undefined, advance: () => undefined, finish: () => undefined },
  };
  const seconds = startTimer();
  const networkId = await withSession(input, 'bench', async ({ model }) => model.networkId);
  insertPosts(databasePath(config), posts, networkId);
  console.error(`${posts} posts inserted in ${seconds()} s`);
  await withSession(input, 'bench', (session) => nightly(session, LAST + 1, () => undefined));
  console.error(`a nightly run over all of them took ${seconds()} s`);
  writeFileSync(done, formatDay(LAST));
  return configFile;
}

function startTimer(): () => string {
  let since = performance.now();
  return () => {
    const passed = (performance.now() - since) / 1_000;
    since = performance.now();
    return passed.toFixed(0);
  };
}

/** Straight into the tables, in one transaction: through the program it takes an hour with the network, and no page reads faster. */
function insertPosts(path: string, posts: number, networkId: number): void {
  const sqlite = new Sqlite(path);
  sqlite.pragma('cache_size = -200000');
  const busy = Math.floor(posts / 50);
  const perDay = Math.floor((posts - busy) / DAYS);
  const others = Math.max(1, Math.floor(perDay / BRANDS)) * (BRANDS - 1);
  const shared = { deterministic: true };
  sqlite.function('body_of', shared, (post) => bodyOf(Number(post)));
  // The day's posts come in mixed, as in an export of all brands.
  sqlite.function('brand_of', shared, (place, isLast) => {
    if (!isLast) return Number(place) % BRANDS;
    const before = Math.floor((Number(place) * others) / (busy + others));
    const now = Math.floor(((Number(place) + 1) * others) / (busy + others));
    return now > before ? 1 + (before % (BRANDS - 1)) : 0;
  });
  sqlite.exec('begin; create temp table made (post integer primary key, brand integer, day integer);');
  sqlite.exec(`insert into sources (name, watermark_ms) values ('bench', ${LAST * 86_400_000 + 86_399_000})`);
  const source = 'select source_id from sources';
  const fill = sqlite.prepare(
    `with recursive places (place) as (select 0 union all select place + 1 from places where place + 1 < :count)
     insert into made select :first + place, brand_of(place, :last), :day from places`,
  );
  for (let day = LAST - DAYS + 1, first = 1; day <= LAST; day += 1) {
    const last = Number(day === LAST);
    const count = last ? busy + others : perDay;
    fill.run({ count, first, last, day });
    first += count;
  }
  for (const statement of [
    `insert into texts (text_id, hash16, body, copy16)
     select post, cast(printf('%016x', post) as blob), body_of(post), cast(printf('%016x', post) as blob) from made`,
    `insert into posts (post_id, source_id, key, text_id, at_ms, day, user_id)
     select post, (${source}), post, post, day * 86400000 + post % 86400 * 1000, day, 'u' || (post * 7919 % 200003) from made`,
    `insert into post_brands (brand_id, day, post_id)
     select b.brand_id, m.day, m.post from made m join brands b on b.slug = 'brand-' || m.brand
     order by b.brand_id, m.day, m.post`,
    // As many again as a brand's usual share are in a language that no brand counts.
    `insert into posts (source_id, key, text_id, at_ms, day, user_id, other_language)
     select (${source}), 'de' || post, post, day * 86400000, day, null, 'de' from made where post % 25 = 0`,
    // Scores that look drawn, and are the same in each run.
    `insert into scores (network_id, text_id, p_negative, p_positive)
     select ${networkId}, post, a * (1 - b), b * (1 - a / 2) * (1 - a * (1 - b))
     from (select post, (post * 7919 % 10007) / 10007.0 as a, (post * 104729 % 10009) / 10009.0 as b from made)`,
    'insert into dirty_days (brand_id, day, seq) select brand_id, day, 1 from post_brands group by brand_id, day',
    `insert into settings (key, value) values ('data_seq', '1') on conflict (key) do update set value = '1'`,
    `insert into files (source_id, sha256, name, state, rows, stored, duplicates, rejected, updated, judged, begun_day)
     select source_id, 'bench', 'bench.csv', 'read', ${posts}, ${posts}, 0, ${Math.floor(posts / 100)}, 0, 1, ${LAST} from sources`,
    // One in a hundred rows can't be used.
    `insert into rejects (file_id, row, line, code, reason, raw)
     select (select file_id from files), post, post, case post % 3 when 0 then 'R_DATE' else 'R_TEXT_EMPTY' end, 'bench',
            cast(printf('%080d', post) as blob) from made where post % 100 = 0`,
    'drop table made',
    'commit',
  ])
    sqlite.exec(statement);
  sqlite.close();
}

/** Some fifteen words, a number among them: no text is another's copy. */
function bodyOf(post: number): string {
  const word = (step: number): string => WORDS[(post * step + Math.floor(post / 17)) % WORDS.length] ?? '';
  const words = Array.from({ length: 6 + (post % 19) }, (_, index) => word(2 * index + 1));
  return `${words.join(' ')} number ${post}`;
}
