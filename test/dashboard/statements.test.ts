import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { databaseReader } from '../../dashboard/database.ts';
import { dayPostsCache } from '../../dashboard/day-posts.ts';
import type { Page } from '../../dashboard/frame.ts';
import { alertsPage } from '../../dashboard/pages/alerts.ts';
import { brandPage } from '../../dashboard/pages/brand.ts';
import { dayPage } from '../../dashboard/pages/day.ts';
import { overviewPage } from '../../dashboard/pages/overview.ts';
import { runPage, runsPage } from '../../dashboard/pages/runs.ts';
import { formKeys } from '../../dashboard/security.ts';
import type { Service } from '../../dashboard/service.ts';
import { databaseOf, databasePath } from '../../db/database.ts';
import { brandLines } from '../../jobs/brand-lines.ts';
import { parseDay } from '../../src/calendar.ts';
import { loadConfig } from '../../src/config/load.ts';
import { plansOf, recordedStore } from '../support/recorded-store.ts';
import { makeWorld, NEWEST, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world.remove());

/** Tables that grow with the posts or the days. */
const LARGE = /"(?:posts|texts|scores|post_brands|day_stats|alert_events|labels|revisions)"(?: as "(\w+)")?/g;

/** The lines of a plan that go through such a table from end to end, by the name that the statement gives it. */
function scansOf(sql: string, plan: readonly string[]): string[] {
  // What the view of the series calls its table.
  const names = new Set(['day_stats', ...(sql.includes('"series_stats"') ? ['d'] : [])]);
  for (const [whole, alias] of sql.matchAll(LARGE)) names.add(alias ?? whole.replaceAll('"', ''));
  return plan.filter((line) => {
    // All that one model computed, or one network scored, is mostly all that there is.
    const [, name = '', by = ''] = /^(?:SCAN |SEARCH (?=.*\((?:model|network)_id=\?\)$))(\w+)(.*)/.exec(line) ?? [];
    // Of posts in other languages there is an index that has no others.
    return names.has(name) && !by.includes('posts_other_language');
  });
}

const DAY = parseDay(NEWEST) ?? 0;
const filter = { class: 'negative', term: 'worst' } as const;
const ofDay = { slug: 'acme', day: DAY, formKey: '', here: '' };

/** Each page, and the API's answers that pages don't read. */
const READS: readonly (readonly [name: string, read: (service: Service) => Promise<Page | unknown>])[] = [
  ['overview', overviewPage],
  ['brand', (service) => brandPage(service, 'acme', '30')],
  ['brand, all days', (service) => brandPage(service, 'acme', 'all')],
  ['day', (service) => dayPage(service, { ...ofDay, filter: {}, from: 'first' })],
  ['day, filtered, last page', (service) => dayPage(service, { ...ofDay, filter, from: 'last' })],
  ['alerts', (service) => alertsPage(service, { slug: 'acme', settings: { below: 0.4 } })],
  ['runs', (service) => runsPage(service, undefined)],
  ['run', (service) => runPage(service, 1)],
  [
    'brands of the API',
    (service) => {
      const store = service.database.store();
      return store ? brandLines({ store, config: service.config }, DAY) : Promise.resolve();
    },
  ],
];

it.each(READS)('%s: no statement goes through a large table from end to end', async (_, read) => {
  const config = loadConfig(join(world.folder, 'monitor.yaml'));
  const database = databaseReader(databaseOf(config));
  await database.refresh();
  try {
    const store = database.store();
    if (!store) throw new Error('no database');
    const recorded = recordedStore(store);
    await read({
      ...{ config, clock: Date.now, log: pino({ level: 'silent' }), dayPosts: dayPostsCache(), forms: formKeys() },
      database: { ...database, store: () => recorded.store },
      predictor: { others: [], predict: notAsked, explain: notAsked, counts: notAsked, close: notAsked },
    });
    expect(recorded.statements.length).toBeGreaterThan(0);
    for (const { sql, plan } of plansOf(databasePath(config), recorded.statements))
      expect(scansOf(sql, plan), sql).toEqual([]);
  } finally {
    await database.close();
  }
});

function notAsked(): never {
  throw new Error('not asked');
}
