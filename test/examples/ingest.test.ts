import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { openSqlite } from '../../db/store.ts';
import { generateWorld, SAMPLE_SEED } from '../../examples/generate.ts';
import { zoneOf } from '../../src/calendar.ts';
import { configSchema } from '../../src/config/schema.ts';
import { ingest } from '../../src/ingest/stage.ts';

const examples = join(import.meta.dirname, '..', '..', 'examples');

it('ingest stores each post of the sample once and rejects its bad rows for their reasons', async () => {
  const { posts, files, badRows } = generateWorld(SAMPLE_SEED);
  const config = configSchema.parse(parse(readFileSync(join(examples, 'monitor.yaml'), 'utf8')));
  const folder = mkdtempSync(join(tmpdir(), 'monitor-sample-'));
  const store = await openSqlite(join(folder, 'monitor.sqlite'));
  try {
    const summary = await ingest({
      store,
      config: { ...config, inbox: join(examples, 'inbox') },
      zone: zoneOf(config.time_zone),
      clock: () => Date.UTC(2026, 9, 1),
      signal: new AbortController().signal,
      progress: { start: () => {}, advance: () => {}, finish: () => {} },
      log: pino({ level: 'silent' }),
    });
    const rows = files.reduce((sum, file) => sum + file.rows, 0);
    const byCode: Record<string, number> = {};
    for (const { code } of badRows) byCode[code] = (byCode[code] ?? 0) + 1;
    expect(summary).toMatchObject({
      files: files.length,
      failed: 0,
      rows,
      stored: posts.length,
      rejected: badRows.length,
      duplicates: rows - posts.length - badRows.length,
      rejectsByCode: byCode,
    });
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
});
