import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notificationsOf } from '../../db/outbox.ts';
import type { Store } from '../../db/store.ts';
import { alertContent } from '../../src/alerts/message.ts';
import { type Notice, queueNotice } from '../../src/alerts/queue.ts';
import { configSchema } from '../../src/config/schema.ts';
import { openOwn } from '../support/own-database.ts';
import { day, dip } from './dips.ts';

const NOW = Date.parse('2026-11-20T03:00Z');
const NINE = Date.parse('2026-11-20T09:00Z');
const config = configSchema.parse({ teams: { care: { to: ['care@acme.example'], send_after: '09:00' } } });
const content = { alert: alertContent(dip()), chart: null };

let folder: string;
let store: Store;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'queue-'));
  store = await openOwn(folder);
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

describe('what a team is to be told', () => {
  it.each<[string, Pick<Notice, 'kind' | 'team'>, number]>([
    ['waits for its hour', { kind: 'firing', team: 'care' }, NINE],
    ['goes out at once when somebody asked for a sample', { kind: 'sample', team: 'care' }, NOW],
    ['goes out at once to the owner', { kind: 'firing', team: null }, NOW],
    ['goes out at once to a team that is no longer in the settings', { kind: 'firing', team: 'gone' }, NOW],
  ])('%s', async (dedupeKey, of, due) => {
    const queue = () =>
      store.transaction((tx) => queueNotice(tx, config, { dedupeKey, ruleId: dedupeKey, day, content, ...of }, NOW));
    const id = await queue();
    expect(await notificationsOf(store.read, dedupeKey)).toMatchObject([
      {
        ...{ notification_id: id, dedupe_key: dedupeKey, day, created_ms: NOW, due_ms: due, ...of },
        content: JSON.stringify(content),
      },
    ]);
    expect(await queue()).toBeUndefined();
  });
});
