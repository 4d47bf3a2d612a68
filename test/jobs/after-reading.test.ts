import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { forget } from '../../jobs/forget.ts';
import { retention } from '../../jobs/retention.ts';
import { ingest } from '../../src/ingest/stage.ts';
import { type JobFolder, makeJobFolder } from '../support/job.ts';
import { onPostgres } from '../support/own-database.ts';
import { makeTinyModel } from '../support/tiny-model.ts';

let models: string;
let model: string;
const jobs: JobFolder[] = [];
beforeAll(async () => {
  models = mkdtempSync(join(tmpdir(), 'monitor-model-'));
  model = await makeTinyModel(models);
});
afterAll(() => rmSync(models, { recursive: true, force: true }));
afterEach(() => {
  for (const job of jobs.splice(0)) job.remove();
});

const settings = (more: Record<string, unknown>) => ({
  model: { use: model, workers: 1 },
  brands: { acme: { match: { any: ['acme'] }, team: 'care', alerts: [{ below: 1, min_posts: 1 }] } },
  teams: { care: { to: ['care@acme.example'] } },
  ...more,
});
function jobWith(more: Record<string, unknown>): JobFolder {
  const job = makeJobFolder(settings(more));
  jobs.push(job);
  return job;
}

/** Everything below data_dir as one string, and what a database on a server holds. */
function allBytes(job: JobFolder): string {
  const data = join(job.folder, 'data');
  const files = readdirSync(data, { recursive: true, encoding: 'utf8' })
    .map((name) => join(data, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'latin1'));
  return [...files, ...(onPostgres ? [JSON.stringify(job.dump())] : [])].join('\n');
}

const POSTS = `created_at,text,user_id,Screen Name,permalink,likes
2026-10-29T08:00:00Z,acme is zebrafine,annaKarenina,AnnaShown,https://x.example/annaKarenina/1,3
2026-10-30T08:00:00Z,acme is bad,bertram,BertShown,https://x.example/bertram/2,4
never,"annaKarenina's xylophone",annaKarenina,AnnaShown,,
annaKarenina,acme shifted,2026-10-30,,,
`;

describe('privacy.user_id', () => {
  it.each(['hash', 'drop'])('%s leaves no name behind, and tells people apart all the same', async (rule) => {
    const job = jobWith({ privacy: { user_id: rule } });
    job.drop('a.csv', POSTS);
    await job.nightly('2026-10-31');
    const { posts, rejects, day_stats } = job.dump();
    const users = (posts as { user_id: string | null }[]).map(({ user_id }) => user_id);
    if (rule === 'drop') expect(users).toEqual([null, null]);
    else {
      expect(users).toEqual([expect.stringMatching(/^u:[\w-]{22}$/), expect.stringMatching(/^u:[\w-]{22}$/)]);
      expect(new Set(users).size).toBe(2);
    }
    const extra = (posts as { extra: string }[]).map((post) => Object.keys(JSON.parse(post.extra)));
    expect(extra).toEqual(Array(2).fill(rule === 'hash' ? ['Screen Name', 'likes'] : ['likes']));
    expect(rejects).toMatchObject([{ raw: '' }, { raw: '' }]);
    expect(day_stats).toHaveLength(2);
    const bytes = allBytes(job);
    for (const word of ['annaKarenina', 'AnnaShown', 'bertram', 'BertShown', 'xylophone'])
      expect(bytes).not.toContain(word);
    expect(bytes).toContain('zebrafine');
    expect(statSync(join(job.folder, 'data', 'privacy.key')).mode & 0o777).toBe(0o600);

    // The same people in an overlapping export are the same posts.
    job.drop('b.csv', `${POSTS}\n`);
    expect(await job.nightly('2026-10-31')).toMatchObject({ ingest: { stored: 0, duplicates: 2, updated: 0 } });
    rmSync(join(job.folder, 'data', 'privacy.key'));
    await expect(job.nightly('2026-10-31')).rejects.toMatchObject({ code: 'E_PRIVACY_KEY' });
  });
});

describe('monitor forget', () => {
  it('leaves nothing of a person, neither now nor when the file is read again', async () => {
    const job = jobWith({});
    job.drop('a.csv', POSTS);
    const run = await job.nightly('2026-10-31');
    expect(run.deliver?.sent).toHaveLength(1);
    expect(allBytes(job)).toContain('zebrafine');
    const done = await job.session((session) => forget(session, 'annaKarenina'));
    expect(done).toEqual({ posts: 1, texts: 1, days: 1, rejects: 2, mails: 1, pages: 0 });
    expect(await job.session((session) => forget(session, 'annaKarenina'))).toEqual({
      ...{ posts: 0, texts: 0, days: 0, rejects: 0, mails: 0, pages: 0 },
    });
    const clean = () => {
      const bytes = allBytes(job);
      for (const word of ['annaKarenina', 'AnnaShown', 'zebrafine', 'xylophone']) expect(bytes).not.toContain(word);
      expect(bytes).toContain('bertram');
    };
    clean();
    job.drop('b.csv', `${POSTS}\n`);
    expect(await job.nightly('2026-11-01')).toMatchObject({
      ingest: { stored: 0, duplicates: 1, rejected: 3, rejectsByCode: { R_FORGOTTEN: 1, R_DATE: 2 } },
    });
    clean();
    const days = job.dump()['day_stats'] as { n: number }[];
    expect(days.map(({ n }) => n)).toEqual([0, 1]);
  });
});

describe('retention', () => {
  it('deletes what is old, keeps the figures, and lets nothing into the days that it sealed', async () => {
    const job = jobWith({ retention: { days: 20 }, brands: { acme: { match: { any: ['acme'] } } } });
    job.drop('a.csv', `${POSTS}2026-10-01T08:00:00Z,acme was zebraold,carola,,,9\n`);
    const now = Date.parse('2026-10-31T03:00:00Z');
    expect(await job.nightly('2026-10-31', { now })).toMatchObject({ retention: { posts: 1, texts: 1, rejects: 0 } });
    const figures = job.dump()['day_stats'];
    expect(figures).toHaveLength(3);
    for (const word of ['zebraold', 'carola']) expect(allBytes(job)).not.toContain(word);
    expect(allBytes(job)).toContain('zebrafine');
    job.drop('b.csv', `${POSTS}2026-10-01T08:00:00Z,acme was zebraold,carola,,,9\n2026-10-02,acme late,dora,,,\n`);
    expect(await job.nightly('2026-10-31', { now })).toMatchObject({
      ...{ outcome: 'rejected_input', score: { texts: 0 }, aggregate: { days: 0 } },
      ingest: { stored: 0, duplicates: 3, rejectsByCode: { R_SEALED: 1, R_DATE: 2 } },
    });
    expect(job.dump()['day_stats']).toEqual(figures);
    const later = Date.parse('2026-12-31T03:00:00Z');
    expect(await job.session(retention, { now: later })).toMatchObject({ posts: 2, rejects: 5 });
    expect(await job.session(retention, { now: later })).toMatchObject({ posts: 0, texts: 0, rejects: 0 });
    for (const word of ['zebrafine', 'annaKarenina', 'xylophone']) expect(allBytes(job)).not.toContain(word);
    expect(job.dump()['day_stats']).toEqual(figures);
  });

  it('waits for days that are still to be computed', async () => {
    const job = jobWith({ retention: { days: 5 } });
    job.drop('a.csv', POSTS);
    await job.session(
      async (session) => {
        await ingest(session);
        expect(await retention(session)).toMatchObject({ posts: 0 });
      },
      { now: Date.parse('2026-12-31T03:00:00Z') },
    );
  });
});

describe('the log', () => {
  it('has nothing of people or posts', async () => {
    const job = jobWith({});
    job.drop('a.csv', POSTS);
    job.drop('headless.csv', 'annaKarenina,zebrafine\nbertram,acme\n');
    let written = '';
    const log = pino({ level: 'trace' }, { write: (line: string) => (written += line) });
    await job.session((session) => ingest({ ...session, log }));
    job.configure(settings({ brands: { other: {} } }));
    job.drop('b.csv', `${POSTS}\n\n`);
    await job.session((session) => ingest({ ...session, log }));
    expect(written).toContain('headless.csv');
    for (const word of ['annaKarenina', 'zebrafine', 'bertram', 'Shown', 'x.example'])
      expect(written).not.toContain(word);
  });
});

describe('duplicates', () => {
  it('once counts the first of a day, and a change of it computes the days again', async () => {
    const job = jobWith({});
    job.drop(
      'a.csv',
      'created_at,text,user_id\n2026-10-29T08:00:00Z,acme is bad,a\n2026-10-29T09:00:00Z,RT @a: acme is bad,b\n2026-10-29T09:00:00Z,acme fine,c\n',
    );
    const counts = () => (job.dump()['day_stats'] as { n: number }[]).map(({ n }) => n);
    await job.nightly('2026-10-31');
    expect(counts()).toEqual([3]);
    job.configure(settings({ duplicates: 'once' }));
    await job.nightly('2026-10-31');
    expect(counts()).toEqual([2]);
  });
});
