import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { generateWorld, SAMPLE_SEED, type WorldFile } from '../../examples/generate.ts';
import { configSchema } from '../../src/config/schema.ts';
import { createMatcher } from '../../src/ingest/brands.ts';
import { cleanText } from '../../src/ingest/text.ts';

const examples = join(import.meta.dirname, '..', '..', 'examples');
const world = generateWorld(SAMPLE_SEED);
const config = configSchema.parse(parseYaml(readFileSync(join(examples, 'monitor.yaml'), 'utf8')));

/** The rows of an export, as another CSV parser than the program's reads them; rows of a wrong width are kept. */
function rowsOf({ name, bytes }: WorldFile): string[][] {
  const text = name.endsWith('.gz') ? gunzipSync(bytes) : Buffer.from(bytes);
  const rows: string[][] = parse(text, { relax_column_count: true });
  return rows.slice(1);
}

/** Mean of the true moods (1, ½, 0) of a brand's days. */
function moodOf(brand: string, from: string, to: string): number {
  const moods = world.posts
    .filter(({ brands, day }) => brands.includes(brand) && day >= from && day <= to)
    .map(({ mood }): number => ({ positive: 1, neutral: 0.5, negative: 0 })[mood]);
  return moods.reduce((sum, mood) => sum + mood, 0) / moods.length;
}

describe('the sample in examples/inbox', () => {
  it('is to the byte what the generator writes', () => {
    expect(readdirSync(join(examples, 'inbox')).sort()).toEqual(world.files.map(({ name }) => name).sort());
    for (const { name, bytes } of world.files)
      expect(Buffer.compare(readFileSync(join(examples, 'inbox', name)), bytes), name).toBe(0);
  });

  it('holds about 5,000 posts, most of them distinct and none too long', () => {
    const texts = world.posts.map(({ text }) => text);
    expect(texts.length).toBeGreaterThan(4_500);
    expect(texts.length).toBeLessThan(5_500);
    expect(new Set(texts).size / texts.length).toBeGreaterThan(0.6);
    expect(new Set(texts).size).toBeLessThan(texts.length);
    expect(Math.max(...texts.map((text) => text.length))).toBeLessThanOrEqual(240);
    expect(texts.filter((text) => /[{}]|undefined| {2}/.test(text))).toEqual([]);
  });

  it('has the rows that it says, with a day that two files share, and bad rows where it says', () => {
    const rows = world.files.map(rowsOf);
    expect(rows.map(({ length }) => length)).toEqual(world.files.map((file) => file.rows));
    const good = rows.flat().length - world.badRows.length;
    // The same post again is the same id, or in a file without ids the same row; no bad row is like another.
    const distinct = new Set(rows.flat().map((row) => (row.length === 3 ? row.join('\n') : row[0])));
    expect(good).toBeGreaterThan(world.posts.length + 200);
    expect(distinct.size).toBe(world.posts.length + world.badRows.length);

    expect(world.badRows).toHaveLength(12);
    expect(new Set(world.badRows.map(({ code }) => code)).size).toBe(4);
    for (const { file, row, code } of world.badRows) {
      const index = world.files.findIndex(({ name }) => name === file);
      const fields = rows[index]?.[row - 1] ?? [];
      const columns = index < 2 ? 5 : 3;
      expect(fields.length !== columns, `${file} row ${row}`).toBe(code === 'R_FIELDS');
      const text = fields[index < 2 ? 2 : 1];
      if (code === 'R_TEXT_EMPTY') expect(cleanText(text ?? 'missing')).toBe('');
    }
  });

  it('shows exporters at their usual: entities, line breaks in quotes, emoji, links, copies', () => {
    for (const sign of [/&amp;/, /\n/, /\p{Extended_Pictographic}/u, /https:\/\/\S+\.example\//, /^RT @/, /"|&quot;/])
      expect(world.posts.filter(({ text }) => sign.test(text)).length, String(sign)).toBeGreaterThan(3);
  });

  it('has few users who write much: one of them writes every other day or more', () => {
    const counts = new Map<string, number>();
    for (const { userId } of world.posts) if (userId !== '') counts.set(userId, (counts.get(userId) ?? 0) + 1);
    const sorted = [...counts.values()].sort((a, b) => b - a);
    expect(sorted[0]).toBeGreaterThan(40);
    expect(sorted.filter((count) => count === 1).length).toBeGreaterThan(sorted.length / 2);
  });

  it('is attributed by its config to the brands that its posts are on', () => {
    const matcher = createMatcher(config.brands);
    const wrong: unknown[] = [];
    for (const { text, brands, day } of world.posts) {
      const column = day < '2026-09-21' && brands.length === 1 ? config.brands[brands[0] ?? '']?.name : '';
      const found = matcher(cleanText(text), column ?? '').map(({ slug }) => slug);
      if (found.sort().join() !== [...brands].sort().join()) wrong.push({ text, brands, found });
    }
    expect(wrong).toEqual([]);
    expect(new Set(world.posts.flatMap(({ brands }) => brands))).toEqual(new Set(Object.keys(config.brands)));
    expect(world.posts.filter(({ brands }) => brands.length === 2).length).toBeGreaterThan(20);
    expect(world.posts.filter(({ brands }) => brands.length === 0).length).toBeGreaterThan(20);
  });

  it('tells one bad story: the airline dips from 24 September to the end, the others never', () => {
    expect(moodOf('larkovia-air', '2026-09-01', '2026-09-23')).toBeGreaterThan(0.6);
    for (let date = 24; date <= 30; date++) {
      const day = `2026-09-${date}`;
      expect(moodOf('larkovia-air', day, day), day).toBeLessThan(0.35);
    }
    for (const brand of ['brindlecup', 'pellimo'])
      for (let date = 3; date <= 30; date++) {
        const [from, to] = [date - 2, date].map((number) => `2026-09-${String(number).padStart(2, '0')}`);
        expect(moodOf(brand, from ?? '', to ?? ''), `${brand} ${to}`).toBeGreaterThan(0.57);
      }
  });
});

describe('generateWorld', () => {
  it('gives the same world for the same seed and another for another', () => {
    const options = { days: 14, postsPerDay: 20 };
    expect(generateWorld(1, options)).toEqual(generateWorld(1, options));
    expect(generateWorld(1, options).posts).not.toEqual(generateWorld(2, options).posts);
  });

  it('scales: more days, more posts a day, another start, over a change of the clocks', () => {
    const { posts, files } = generateWorld(7, { start: '2026-10-20', days: 12, postsPerDay: 400 });
    expect(posts.length).toBeGreaterThan(12 * 300);
    expect(posts[0]?.day).toBe('2026-10-20');
    expect(posts.at(-1)?.day).toBe('2026-10-31');
    expect(new Set(posts.map(({ id }) => id)).size).toBe(posts.length);
    const offsets = new Set(rowsOf(files[0] as WorldFile).map((row) => row[1]?.slice(-6)));
    expect(offsets).toContain('+02:00');
    expect(posts.every(({ atMs }, index) => index === 0 || atMs >= (posts[index - 1]?.atMs ?? 0))).toBe(true);
  });

  it('refuses a start that is no day and a world too short for its story', () => {
    expect(() => generateWorld(1, { start: '2026-02-30' })).toThrow(RangeError);
    expect(() => generateWorld(1, { days: 11 })).toThrow(RangeError);
  });
});
