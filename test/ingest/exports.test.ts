import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ingest } from '../../src/ingest/stage.ts';
import { packageRoot } from '../../src/package.ts';
import { describeShared, sharedPath } from '../support/shared.ts';
import { type Intake, openIntake } from './support.ts';

interface Expected {
  name: string;
  source: Record<string, unknown>;
  config: Record<string, unknown>;
  state: string;
  rows: number;
  duplicates: number;
  rejected: Record<string, number>;
  posts: [at: string, user: string | null, text: string][];
}

const folder = join(packageRoot, 'test', 'fixtures', 'exports');
const fixtures: Expected[] = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'));

describe('exports with a trap', () => {
  let intake: Intake;
  beforeAll(async () => {
    intake = await openIntake();
  });
  afterAll(() => intake.close());

  it('are many, and each is expected to come to something', () => {
    const files = readdirSync(folder).filter((name) => name !== 'expected.json');
    expect(files.length).toBeGreaterThanOrEqual(40);
    expect(files.sort()).toEqual(fixtures.map(({ name }) => name).sort());
  });

  it.each(fixtures.map((fixture) => [fixture.name, fixture] as const))('%s', async (name, expected) => {
    // Several fixtures have the same content, and a content is read once: the records of files are forgotten between them.
    const source = name.replaceAll('.', '-');
    const context = intake.context({ ...expected.config, sources: { [source]: expected.source } });
    await intake.store.read.db.deleteFrom('rejects').execute();
    await intake.store.read.db.deleteFrom('files').execute();
    const path = intake.put(`${source}/${name}`, readFileSync(join(folder, name)));
    const summary = await ingest(context, { files: [path] });
    expect(summary.perFile).toMatchObject([{ state: expected.state, source }]);
    const rejected = expected.state === 'failed' ? 0 : Object.values(expected.rejected).reduce((sum, n) => sum + n, 0);
    expect(summary).toMatchObject({ rows: expected.rows, duplicates: expected.duplicates, rejected });
    expect(summary.stored + summary.duplicates + summary.rejected).toBe(summary.rows);
    const kept = await intake.store.read.db.selectFrom('rejects').select('code').execute();
    const codes: Record<string, number> = {};
    for (const { code } of kept) codes[code] = (codes[code] ?? 0) + 1;
    expect(codes).toEqual(expected.rejected);
    const posts = await intake.posts(source);
    expect(posts.map(({ at, user, text }) => [at, user, text])).toEqual(expected.posts);
  });
});

describeShared('real exports', () => {
  let intake: Intake;
  beforeAll(async () => {
    intake = await openIntake();
  });
  afterAll(() => intake.close());

  it.each([
    ['posts', 'posts.csv.gz'],
    ['posts', 'posts_multibrand.csv.gz'],
    ['posts', 'sanders_posts.csv.gz'],
    ['posts', 'apple_posts.csv.gz'],
    ['posts', 'gop_debate_posts.csv.gz'],
    ['sentiment140', 'dated_20k.csv.gz'],
  ])('are accounted for row by row: %s/%s', async (folder, name) => {
    const path = sharedPath('data', folder, name);
    const counted = (parse(gunzipSync(readFileSync(path)), { columns: true, bom: true }) as unknown[]).length;
    const summary = await ingest(intake.context(), { files: [path] });
    expect(summary.rows).toBe(counted);
    expect(summary.stored + summary.duplicates + summary.rejected).toBe(counted);
    expect(summary.rejected).toBe(0);
    expect(await ingest(intake.context(), { files: [path] })).toMatchObject({ unchanged: 1, rows: 0 });
  });
});
