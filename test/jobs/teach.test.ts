import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { activeModel } from '../../db/networks.ts';
import { secondReaders } from '../../jobs/second-opinion.ts';
import { teach } from '../../jobs/teach.ts';
import { loadModel } from '../../src/model/artifact.ts';
import { loadTensorFlow } from '../../src/model/engines/tensorflow/load.ts';
import { smallModel } from '../model/support.ts';
import { monitorInProcess } from '../support/cli-in-process.ts';
import { inProcessPool } from '../support/in-process-pool.ts';
import { type JobFolder, makeJobFolder } from '../support/job.ts';
import { makeTinyClassifier } from '../support/tiny-classifier.ts';

describe('teach', () => {
  let folder: string;
  let job: JobFolder;
  let teacher: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'monitor-'));
    const { directory: tiny, vocabulary } = await smallModel('gru_1layer_bi_3out');
    // Words that the model in use has: two of each class.
    const [a = '', b = '', c = '', d = '', e = '', f = ''] = vocabulary.slice(2);
    const words = { [a]: [6, 0, 0], [b]: [6, 0, 0], [c]: [0, 6, 0], [d]: [0, 6, 0], [e]: [0, 0, 6], [f]: [0, 0, 6] };
    teacher = (await makeTinyClassifier(folder, { classes: ['negative', 'neutral', 'positive'], words })).directory;
    job = makeJobFolder(
      { model: { use: tiny }, brands: { acme: { match: { any: ['phone'] }, alerts: [] } } },
      await inProcessPool(tiny),
    );
    const rows = Array.from({ length: 300 }, (_, n) => {
      const said = [a, b, c, d, e, f][n % 6];
      return `${n},2026-03-01T12:00:00Z,${said} ${said} phone ${n},u${n}`;
    });
    job.drop('posts.csv', `id,created_at,text,user_id\n${rows.join('\n')}\n`);
    await job.nightly('2026-03-02', { reports: false });
  });
  afterAll(() => {
    job.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it('brings the model in use nearer to its teacher, and leaves it in use', async () => {
    const tensorFlow = await loadTensorFlow({ kind: 'javascript' });
    const accuratePool = await inProcessPool(teacher);
    const out = join(folder, 'taught');
    // A network of random weights has more to learn than one in use.
    const recipe = join(folder, 'teach.yaml');
    const built = readFileSync(join(import.meta.dirname, '../../recipes/teach.yaml'), 'utf8');
    writeFileSync(recipe, built.replace('0.0005', '0.03').replace('rows: 64', 'rows: 16').replace('0.99', '0.5'));
    const taught = await job.session(async (session) => {
      const reader = await secondReaders(session, () => accuratePool).start(await loadModel(teacher));
      return teach(session, { teacher: reader, posts: 250, seed: 1, out, recipe, tensorFlow });
    });
    expect(taught).toMatchObject({
      ...{ learnt: 225, teacherLogLoss: { texts: 25 }, auditMacroRecall: { texts: 0, before: null } },
    });
    expect(taught.teacherLogLoss.after ?? 1).toBeLessThan(taught.teacherLogLoss.before ?? 0);
    expect((await loadModel(out)).spec.name).toBe('taught');
    expect(existsSync(`${out}.posts.csv`)).toBe(false);
    const active = await job.session(({ store }) => activeModel(store.read));
    expect(active?.name).toBe('small');
  });

  it('tells at the end what was learnt, where the model is, and what to do with it', async () => {
    vi.stubEnv('MONITOR_TENSORFLOW', 'javascript');
    onTestFinished(() => void vi.unstubAllEnvs());
    const out = join(folder, 'by-command');
    const flags = ['--teacher', teacher, '--posts', '40', '--out', out, '--config', job.configFile];
    const { code, stdout, stderr } = await monitorInProcess('model', 'teach', ...flags);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(
      new RegExp(
        `^36 texts learnt; the model is in ${out}\nlog loss against the teacher .*: \\d\\.\\d{4} before, .* on 4 texts .*\n` +
          `No posts were labelled by people: .*\nCompare on your days: monitor model compare ${out}\\. Switch: monitor model use ${out}\n$`,
      ),
    );
  });

  it('refuses a folder that exists, and a teacher of other classes', async () => {
    const two = await makeTinyClassifier(folder, { classes: ['negative', 'positive'], words: { good: [0, 1] } }, 'two');
    const pool = await inProcessPool(two.directory);
    const tensorFlow = await loadTensorFlow({ kind: 'javascript' });
    const asked = (out: string) =>
      job.session(async (session) => {
        const reader = await secondReaders(session, () => pool).start(two);
        return teach(session, { teacher: reader, posts: 50, seed: 1, out, tensorFlow });
      });
    await expect(asked(folder)).rejects.toMatchObject({ code: 'E_USAGE' });
    await expect(asked(join(folder, 'new'))).rejects.toMatchObject({ code: 'E_USAGE' });
  });
});
