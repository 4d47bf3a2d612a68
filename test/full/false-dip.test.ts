import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { afterEach, describe, expect, it } from 'vitest';
import { secondOpinionsOf } from '../../db/second-opinion.ts';
import { nightly } from '../../jobs/nightly.ts';
import { rulesOf } from '../../src/alerts/rule.ts';
import { formatDay, parseDay } from '../../src/calendar.ts';
import { findModel } from '../../src/model/artifact.ts';
import { inProcessPool } from '../support/in-process-pool.ts';
import { type JobFolder, makeJobFolder } from '../support/job.ts';
import { HAPPENINGS, postOf } from './film-week.ts';

const FIRST = parseDay('2026-03-01') ?? 0;
const DAYS = 17;
const POSTS = 100;

/** The two models that come with the program, on texts that one of them misreads. */
describe('a dip that the accurate model looks at', () => {
  let job: JobFolder;
  afterEach(() => job.remove());

  /** A fortnight as usual, then three days on which something happens. */
  async function night(happening: keyof typeof HAPPENINGS, require: boolean) {
    job = makeJobFolder({
      brands: {
        larkovia: {
          ...{ name: 'Larkovia', team: 'care', match: { any: ['larkovia'] } },
          alerts: [{ below: 0.6, second_opinion: { sample: 100, require } }],
        },
      },
      teams: { care: { to: ['care@larkovia.example'] } },
    });
    const rows = Array.from({ length: DAYS * POSTS }, (_, row) => {
      const [day, post] = [Math.floor(row / POSTS), row % POSTS];
      const text = postOf(day >= DAYS - 3 ? HAPPENINGS[happening] : undefined, post);
      return `${row},${formatDay(FIRST + day)}T12:00:00Z,"${text}",u${post}`;
    });
    job.drop('posts.csv', `id,created_at,text,user_id\n${rows.join('\n')}\n`);
    const pool = await inProcessPool(findModel('social-accurate'));
    return job.session(async (session) => {
      const startPool = () => pool;
      const run = await nightly(session, FIRST + DAYS, () => undefined, { reports: false, startPool });
      const [rule] = rulesOf(session.config);
      const [said] = await secondOpinionsOf(session.store.read, rule?.ruleId ?? '');
      return { ...run.notify, verdict: said?.verdict };
    });
  }

  async function mailText(): Promise<string> {
    const folder = join(job.folder, 'data', 'outbox');
    const [file = ''] = readdirSync(folder).filter((name) => name.endsWith('.eml'));
    return (await PostalMime.parse(readFileSync(join(folder, file)))).text ?? '';
  }

  it('pages nobody where the fast model stumbles over the name of a film', async () => {
    expect(await night('film', true)).toMatchObject({ firing: 1, mails: 0, verdict: 'disagrees' });
    expect(existsSync(join(job.folder, 'data', 'outbox'))).toBe(false);
  });

  it('pages where the posts really are worse', async () => {
    expect(await night('breakdown', true)).toMatchObject({ firing: 1, mails: 1, verdict: 'agrees' });
    expect(await mailText()).toContain('A more accurate model sees the fall too.');
  });

  it('pages with a warning where its agreement is not asked for', async () => {
    expect(await night('film', false)).toMatchObject({ firing: 1, mails: 1, verdict: 'disagrees' });
    expect(await mailText()).toContain('does not see this fall');
  });
});
