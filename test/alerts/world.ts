import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { ensureBrand } from '../../db/brands.ts';
import { saveDayStats } from '../../db/day-stats.ts';
import { sourceId } from '../../db/files.ts';
import { registerModel } from '../../db/networks.ts';
import { storePosts } from '../../db/posts.ts';
import { beginRun } from '../../db/runs.ts';
import { saveScores } from '../../db/scores.ts';
import { nextSeq } from '../../db/settings.ts';
import type { Store } from '../../db/store.ts';
import { textsWithoutScore } from '../../db/texts.ts';
import { statsOf } from '../../src/aggregate/day-stats.ts';
import { type AggregationModel, aggregate } from '../../src/aggregate/stage.ts';
import { decide, notify } from '../../src/alerts/stage.ts';
import { type Day, zoneOf } from '../../src/calendar.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { Context } from '../../src/context.ts';
import { copyHash } from '../../src/ingest/copies.ts';
import { databaseSettings, dropOwn, openOwn } from '../support/own-database.ts';
import { dayOf, PIXEL } from './days.ts';

export const DAY_ONE = dayOf('2026-11-01');

/** A database with one brand in a temporary folder, whose posts have whatever scores a test gives them. */
export interface World {
  readonly context: Context;
  readonly store: Store;
  readonly directory: string;
  readonly logged: string[];
  /** Moves the clock that the stages read. */
  now: number;
  /** Adds posts of a day: one for each score, each by an author of its own unless said otherwise. */
  post(day: Day, scores: readonly number[], write?: (index: number) => { user?: string; text?: string }): Promise<void>;
  /** Gives a brand's day the statistics of so many people's posts of one score, without the posts: quicker where these don't matter. */
  measure(day: Day, score: number, posts?: number, slug?: string): Promise<void>;
  /** Aggregates, decides and queues the mails of a morning. */
  morning(newestDay: Day): Promise<{ events: number; firing: number; mails: number }>;
  decide(newestDay: Day): Promise<{ rules: number; events: number }>;
  aggregate(range?: { from: Day; to: Day }): Promise<void>;
  close(): Promise<void>;
}

export async function openWorld(settings: Record<string, unknown> = {}): Promise<World> {
  const directory = await mkdtemp(join(tmpdir(), 'monitor-alerts-'));
  const store = await openOwn(directory);
  const logged: string[] = [];
  const config = configSchema.parse({
    brands: {
      'acme-air': { name: 'Acme Air', team: 'care', alerts: [{ below: 0.45, recover_above: 0.48, min_posts: 10 }] },
    },
    teams: { care: { to: ['care@acme.example', 'boss@acme.example'] } },
    mail: { from: 'Monitor <monitor@acme.example>' },
    ...settings,
    ...databaseSettings(directory),
    data_dir: directory,
  });
  const ids = await store.transaction(async (tx) => ({
    source: await sourceId(tx, 'test'),
    brand: await ensureBrand(tx, 'acme-air', 'Acme Air'),
    run: await beginRun(tx, { kind: 'nightly', asOf: DAY_ONE, startedMs: 0 }),
    model: await registerModel(tx, {
      name: 'test',
      networkSha256: 'n',
      networkSpec: JSON.stringify({ labels: ['negative', 'positive'] }),
      modelSha256: 'm',
      modelSpec: JSON.stringify({ threshold: 0.5 }),
    }),
  }));
  const model: AggregationModel = {
    ...ids.model,
    judge: (pNegative, pPositive) => ({
      ...{ pNegative, pPositive },
      predicted: pPositive >= 0.5 ? 'positive' : 'negative',
    }),
  };
  const context: Context = {
    store,
    config,
    zone: zoneOf('UTC'),
    clock: () => world.now,
    signal: new AbortController().signal,
    progress: { start() {}, advance() {}, finish() {} },
    log: pino({ level: 'info' }, { write: (line: string) => logged.push(line) }),
  };
  let posted = 0;
  const world: World = {
    context,
    store,
    directory,
    logged,
    now: Date.UTC(2026, 10, 21, 2, 30),
    async post(day, scores, write = () => ({})) {
      await store.transaction(async (tx) => {
        const posts = scores.map((_, index) => {
          posted += 1;
          const { user = `user${posted}`, text = `Post number ${posted}` } = write(index);
          return {
            key: `p${posted}`,
            atMs: day * 86_400_000 + index,
            day,
            userId: user,
            extra: null,
            body: text,
            original: null,
            hash16: createHash('sha256').update(`${posted} ${text}`).digest().subarray(0, 16),
            copy16: copyHash(text),
            brand: null,
            otherLanguage: null,
            brandIds: [ids.brand],
          };
        });
        await storePosts(tx, ids.source, posts);
        const texts = await textsWithoutScore(tx, model.networkId, 0, 1_000_000);
        await saveScores(
          tx,
          model.networkId,
          texts.map(({ text_id }, index) => {
            const score = scores[index] ?? 0;
            return { textId: text_id, pPositive: score, pNegative: 1 - score };
          }),
        );
      });
    },
    async measure(day, score, posts = 20, slug = 'acme-air') {
      const post = { userId: null, ...model.judge(1 - score, score) };
      await store.transaction(async (tx) => {
        const key = { modelId: model.modelId, brandId: await ensureBrand(tx, slug, slug), day, seq: await nextSeq(tx) };
        await saveDayStats(tx, key, statsOf(new Array<typeof post>(posts).fill(post)));
      });
    },
    aggregate: async (range) => {
      await aggregate(context, model, range);
    },
    decide: (newestDay) => decide(context, { runId: ids.run, newestDay }),
    async morning(newestDay) {
      await aggregate(context, model);
      const run = { runId: ids.run, newestDay, chartFor: () => PIXEL };
      const { events } = await decide(context, run);
      return { events, ...(await notify(context, run)) };
    },
    async close() {
      await store.close();
      await rm(directory, { recursive: true, force: true });
      dropOwn(directory);
    },
  };
  return world;
}

/** So many posts, all with one score. */
export function posts(count: number, score: number): number[] {
  return new Array<number>(count).fill(score);
}
