import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatDay, parseDay } from '../../src/calendar.ts';
import { makeJobFolder } from '../support/job.ts';
import { makeTinyModel } from '../support/tiny-model.ts';

describe('a night with unusual input', () => {
  it('says so in run, report and record, and holds the mail where told to, until it is as usual', async () => {
    const models = mkdtempSync(join(tmpdir(), 'monitor-model-'));
    const job = makeJobFolder({
      model: { use: await makeTinyModel(models), workers: 1 },
      brands: { acme: { match: { any: ['great'] }, team: 'care', alerts: [{ below: 1, min_posts: 30 }] } },
      teams: { care: { to: ['care@acme.example'] } },
      drift: { min_posts: 50, inhibit: ['unknown_words'] },
    });
    const first = parseDay('2026-09-01') ?? 0;
    const post = (offset: number, text: string) =>
      Array.from({ length: 50 }, (_, i) => `${formatDay(first + offset)}T10:00:00Z,${text},u${i}`).join('\n');
    const drop = (name: string, ...days: string[]) => job.drop(name, `created_at,text,user_id\n${days.join('\n')}\n`);
    try {
      drop('a.csv', ...Array.from({ length: 15 }, (_, offset) => post(offset, 'the app is great and i love it')));
      drop('b.csv', post(15, 'xyzzy plugh is great qwerty asdf and uiop'));
      const night = await job.nightly('2026-09-17');
      expect(night.drift?.warnings).toMatchObject([{ scope: 'acme', held: ['acme'] }]);
      expect(night.drift?.warnings[0]?.text).toMatch(/unknown words 63\u00a0% \(usually 0\u00a0%\)/);
      expect(night.notify).toMatchObject({ firing: 1, mails: 0, held: [{ since: '2026-09-01' }] });
      const page = readFileSync(join(job.folder, 'data/reports/2026-09-16/sentiment_daily_report.html'), 'utf8');
      expect(page).toContain('Unusual input of acme on 2026-09-16');
      const before = job.dump();
      await job.nightly('2026-09-17');
      expect(job.dump()).toEqual(before);

      drop('c.csv', post(16, 'the app is great and i love it'));
      const next = await job.nightly('2026-09-18');
      expect(next).toMatchObject({ drift: { warnings: [] }, notify: { firing: 1, mails: 1, held: [] } });
    } finally {
      job.remove();
      rmSync(models, { recursive: true, force: true });
    }
  });
});
