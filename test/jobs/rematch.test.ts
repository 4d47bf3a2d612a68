import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rematch } from '../../jobs/rematch.ts';
import { type JobFolder, makeJobFolder } from '../support/job.ts';
import { makeTinyModel } from '../support/tiny-model.ts';

let models: string;
let model: string;
const jobs: JobFolder[] = [];
beforeAll(async () => {
  models = mkdtempSync(join(tmpdir(), 'monitor-model-'));
  model = await makeTinyModel(models);
});
afterAll(() => {
  for (const job of jobs) job.remove();
  rmSync(models, { recursive: true, force: true });
});

const settingsOf = (terms: Record<string, string[]>) => ({
  model: { use: model, workers: 1 },
  brands: Object.fromEntries(Object.entries(terms).map(([slug, any]) => [slug, { match: { any } }])),
});

function jobWith(terms: Record<string, string[]>): JobFolder {
  const job = makeJobFolder(settingsOf(terms));
  jobs.push(job);
  const words = ['acme is good', 'bolt is bad', 'acme and bolt', 'nothing', 'air again'];
  const rows = Array.from(
    { length: 5_000 },
    (_, n) => `${n},2026-10-${10 + (n % 9)},${words[n % 5]} ${n},u${n % 7},${n % 11 === 0 ? 'Column Brand' : ''}`,
  );
  job.drop('a.csv', `id,created_at,text,user_id,brand\n${rows.join('\n')}\n`);
  return job;
}

/** Which brand's days have which posts and figures. */
function figures(from: JobFolder) {
  const { brands, post_brands, day_stats, posts } = from.dump();
  const slugs = new Map((brands as { brand_id: number; slug: string }[]).map((row) => [row.brand_id, row.slug]));
  const plain = (rows: unknown[] | undefined) =>
    ((rows ?? []) as { brand_id: number }[])
      .map(({ brand_id, ...row }) => JSON.stringify({ brand: slugs.get(brand_id), ...row, data_seq: 0 }))
      .sort();
  const languages = (posts as { other_language: string | null }[]).map((post) => post.other_language);
  // A day that lost all its posts keeps an empty row.
  const stats = (day_stats as { n: number }[]).filter(({ n }) => n > 0);
  return { links: plain(post_brands), stats: plain(stats), languages };
}

describe('brands rematch', () => {
  it('ends where reading by the new rules would have ended, and a dry run says so and changes nothing', async () => {
    const job = jobWith({ acme: ['acme'], bolt: ['bolt'] });
    await job.nightly('2026-10-31');
    const before = job.dump();
    const rules = { acme: ['acme', 'air'], bolt: ['bolt is'] };
    job.configure(settingsOf(rules));
    const expected = {
      ...{ posts: 5_000, changed: 2_000, otherLanguage: 0 },
      brands: { acme: { gained: 1_000, lost: 0 }, bolt: { gained: 0, lost: 1_000 } },
    };
    expect(await job.session((session) => rematch(session, { dryRun: true }))).toEqual(expected);
    expect(job.dump()).toEqual(before);

    // Stopped after its first page, it goes on with the second.
    const stop = new AbortController();
    const stopped = job.session((session) => {
      const store = {
        ...session.store,
        transaction: async (work: never) => {
          stop.abort();
          return session.store.transaction(work) as never;
        },
      };
      return rematch({ ...session, store, signal: stop.signal }, { dryRun: false });
    });
    await expect(stopped).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
    expect(await job.session((session) => rematch(session, { dryRun: false }))).toMatchObject({ posts: 3_000 });
    expect(await job.session((session) => rematch(session, { dryRun: true }))).toMatchObject({ changed: 0 });
    await job.nightly('2026-10-31');

    const fresh = jobWith(rules);
    await fresh.nightly('2026-10-31');
    expect(figures(job)).toEqual(figures(fresh));
  });

  it('brings stored posts over to another language and back, and to the brand of their source', async () => {
    const rows = [
      '1,2026-10-10,The acme flight was late again and nobody told us,u1',
      '2,2026-10-10,El vuelo de acme lleva tres horas de retraso y nadie dice nada,u2',
      '3,2026-10-10,😡 acme,u3',
      '4,2026-10-10,gracias por nada, el vuelo sale con tres horas de retraso,u4'.replace('nada,', 'nada'),
    ];
    const start = (more: object): JobFolder => {
      const job = makeJobFolder({ ...settingsOf({ acme: ['acme'], bolt: ['bolt'] }), ...more });
      jobs.push(job);
      job.drop('a.csv', `id,created_at,text,user_id\n${rows.join('\n')}\n`);
      return job;
    };
    const job = start({});
    expect((await job.nightly('2026-10-31')).ingest).toMatchObject({
      stored: 4,
      otherLanguage: 0,
      rulesChanged: false,
    });
    const plain = figures(job);
    const bySource = { language: 'en', sources: { inbox: { brand: 'bolt' } } };
    const english = start(bySource);
    expect((await english.nightly('2026-10-31')).ingest).toMatchObject({ stored: 4, otherLanguage: 2 });
    expect(figures(english).links).toHaveLength(4);

    const write = (more: object) => job.configure({ ...settingsOf({ acme: ['acme'], bolt: ['bolt'] }), ...more });
    write(bySource);
    expect((await job.nightly('2026-10-31')).ingest).toMatchObject({ files: 1, rulesChanged: true });
    const brands = { acme: { gained: 0, lost: 1 }, bolt: { gained: 2, lost: 0 } };
    const expected = { posts: 4, changed: 3, otherLanguage: 2, brands };
    expect(await job.session((session) => rematch(session, { dryRun: true }))).toEqual(expected);
    expect(await job.session((session) => rematch(session, { dryRun: false }))).toEqual(expected);
    expect((await job.nightly('2026-10-31')).ingest?.rulesChanged).toBe(false);
    expect(figures(job)).toEqual(figures(english));

    write({});
    await job.session((session) => rematch(session, { dryRun: false }));
    await job.nightly('2026-10-31');
    expect(figures(job)).toEqual(plain);
  });
});
