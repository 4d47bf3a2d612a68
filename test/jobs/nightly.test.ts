import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type JobFolder, makeJobFolder } from '../support/job.ts';
import { makeTinyModel } from '../support/tiny-model.ts';

let models: string;
let tiny: string;
beforeAll(async () => {
  models = mkdtempSync(join(tmpdir(), 'monitor-model-'));
  tiny = await makeTinyModel(models);
});
afterAll(() => rmSync(models, { recursive: true, force: true }));

let job: JobFolder | undefined;
afterEach(() => job?.remove());

function start(settings: Record<string, unknown> = {}, scoring?: 'in processes'): JobFolder {
  job = makeJobFolder({ model: { use: tiny, workers: 1 }, ...settings }, scoring);
  return job;
}

/** An export of one brand: `posts` posts on each day, three words each. */
function exportOf(days: readonly string[], posts: number, word = 'late'): string {
  const rows = days.flatMap((day) =>
    Array.from(
      { length: posts },
      (_, index) => `${day}T1${index % 10}:00:00Z,my flight is ${word} ${index},user ${index},acme`,
    ),
  );
  return `created_at,text,user_id,brand\n${rows.join('\n')}\n`;
}

/** A rule that always fires, whatever the tiny model makes of the texts. */
const firing = {
  brands: { acme: { name: 'Acme Air', team: 'care', alerts: [{ below: 1, min_posts: 10 }] } },
  teams: { care: { to: ['care@acme.example', 'duty@acme.example'] } },
  mail: { from: 'Monitor <monitor@acme.example>' },
};

describe('the nightly job', () => {
  it('goes from an export to figures, reports and a mail', async () => {
    const { drop, nightly, dump, files } = start(firing, 'in processes');
    drop('posts.csv', exportOf(['2026-10-01', '2026-10-02'], 20));
    const run = await nightly('2026-10-03');
    expect(run).toMatchObject({ outcome: 'ok', ingest: { stored: 40 }, score: { texts: 20 }, notify: { mails: 1 } });
    expect(dump()['day_stats']).toHaveLength(2);
    expect(Object.keys(files('reports'))).toEqual([
      '2026-10-02/sentiment_daily_details.csv',
      '2026-10-02/sentiment_daily_plot.png',
      '2026-10-02/sentiment_daily_report.csv',
      '2026-10-02/sentiment_daily_report.html',
      '2026-10-02/sentiment_daily_report.parquet',
    ]);
    expect(Object.keys(files('outbox'))).toHaveLength(1);
  });

  it('changes nothing and scores nothing when it is run again', async () => {
    const { drop, nightly, dump, files } = start(firing);
    drop('posts.csv', exportOf(['2026-10-01', '2026-10-02'], 20));
    await nightly('2026-10-03');
    const before = { tables: dump(), reports: files('reports'), outbox: files('outbox') };
    const again = await nightly('2026-10-03');
    expect(again).toMatchObject({
      ingest: { rows: 0 },
      score: { texts: 0 },
      aggregate: { days: 0 },
      notify: { mails: 0 },
    });
    expect({ tables: dump(), reports: files('reports'), outbox: files('outbox') }).toEqual(before);
  });

  it('ends with rejected input when a row can’t be used, and keeps the row with its reason', async () => {
    const { drop, nightly, dump } = start();
    drop('posts.csv', `${exportOf(['2026-10-01'], 3)}not a date,hello,u,acme\n`);
    expect((await nightly('2026-10-03')).outcome).toBe('rejected_input');
    expect(dump()['rejects']).toMatchObject([{ row: 4, line: 5, code: 'R_DATE' }]);
  });

  it('computes a day again when a late post arrives', async () => {
    const { drop, nightly } = start();
    drop('a.csv', exportOf(['2026-10-01', '2026-10-02'], 20));
    await nightly('2026-10-03');
    drop('b.csv', 'created_at,text,user_id,brand\n2026-10-01T23:59:59Z,so very late,someone,acme\n');
    const run = await nightly('2026-10-04');
    expect(run).toMatchObject({ ingest: { stored: 1 }, score: { texts: 1 }, aggregate: { days: 1, posts: 21 } });
  });

  it('decides nothing about days that are not over', async () => {
    const { drop, nightly, dump } = start(firing);
    drop('posts.csv', exportOf(['2026-10-01', '2026-10-02', '2026-10-03'], 20));
    await nightly('2026-10-03');
    expect((dump()['alert_events'] as { day: number }[]).length).toBe(2);
  });

  it('counts days in the configured zone', async () => {
    const { drop, nightly, folder } = start({ time_zone: 'America/Los_Angeles' });
    drop(
      'posts.csv',
      'created_at,text,user_id,brand\n2026-10-02T06:59:00Z,good app,u,acme\n2026-10-02T07:00:00Z,bad app,u,acme\n',
    );
    await nightly('2026-10-03');
    const csv = readFileSync(join(folder, 'data/reports/2026-10-02/sentiment_daily_report.csv'), 'utf8');
    expect(
      parse(csv, { columns: true }).map((row) => [
        (row as Record<string, string>)['day'],
        (row as Record<string, string>)['total'],
      ]),
    ).toEqual([
      ['2026-10-01', '1'],
      ['2026-10-02', '1'],
    ]);
  });

  it('refuses to mix the days of two zones', async () => {
    const { drop, nightly, folder } = start({ time_zone: 'UTC' });
    drop('posts.csv', exportOf(['2026-10-01'], 3));
    await nightly('2026-10-02');
    const other = makeJobFolder({ model: { use: tiny }, data_dir: join(folder, 'data'), time_zone: 'Europe/Berlin' });
    await expect(other.nightly('2026-10-02')).rejects.toMatchObject({ code: 'E_TIME_ZONE_CHANGED' });
    other.remove();
  });

  it('scores nothing again for the same model under another name', async () => {
    const first = start();
    first.drop('posts.csv', exportOf(['2026-10-01', '2026-10-02'], 20));
    await first.nightly('2026-10-03');
    const other = await makeTinyModel(mkdtempSync(join(models, 'other-')), 'other');
    // A name is not part of what a model is.
    const second = makeJobFolder({ model: { use: other }, data_dir: join(first.folder, 'data') });
    expect(await second.nightly('2026-10-03')).toMatchObject({ score: { texts: 0 } });
    second.remove();
  });
});

describe('a mail', () => {
  it('travels by SMTP to the team, once for each dip', async () => {
    const arrived: { to: string[]; raw: Buffer }[] = [];
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData(stream, session, done) {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          arrived.push({ to: session.envelope.rcptTo.map(({ address }) => address), raw: Buffer.concat(chunks) });
          done();
        });
      },
    });
    const port = await new Promise<number>((resolve) => {
      const listener = server.listen(0, '127.0.0.1', () => resolve((listener.address() as { port: number }).port));
    });
    const { drop, nightly } = start({
      ...firing,
      mail: { ...firing.mail, smtp: { host: '127.0.0.1', port, tls: 'none' } },
    });
    try {
      drop('a.csv', exportOf(['2026-10-01', '2026-10-02'], 20));
      expect(await nightly('2026-10-03')).toMatchObject({ notify: { mails: 1 }, deliver: { failed: [] } });
      drop('b.csv', exportOf(['2026-10-03'], 20));
      expect(await nightly('2026-10-04')).toMatchObject({ notify: { firing: 1, mails: 0 } });
      expect(await nightly('2026-10-04')).toMatchObject({ notify: { mails: 0 }, deliver: { sent: [] } });
    } finally {
      await new Promise<void>((resolve) => server.close(() => resolve()));
    }
    expect(arrived).toHaveLength(1);
    expect(arrived[0]?.to).toEqual(['care@acme.example', 'duty@acme.example']);
    const mail = await PostalMime.parse(arrived[0]?.raw ?? '');
    expect(mail.subject).toMatch(/^\[Acme Air\] sentiment 0\.\d\d, below 1/);
    expect(mail.text).toContain('my flight is late');
    expect(mail.html).toContain('my flight is late');
    const [chart] = mail.attachments;
    expect(chart).toMatchObject({ mimeType: 'image/png', disposition: 'inline' });
    expect(mail.html).toContain(`cid:${chart?.contentId?.replace(/[<>]/g, '')}`);
    expect(
      Buffer.from(chart?.content as ArrayBuffer)
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
  });
});
