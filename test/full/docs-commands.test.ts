import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { packageRoot } from '../../src/package.ts';
import { blocksOf, monitorCommands, PAGES } from '../docs/markdown.ts';
import { monitorInProcess } from '../support/cli-in-process.ts';

/** Commands that work on the settings, the database and exports of the folder below, by their first words. */
const RUN =
  /^(run|backfill|ingest|score|report|status|runs|brands|rejects|annotate|export|alerts (list|explain|silence|silences|simulate|deliver|precision)|retention|db (backup|verify|migrate|vacuum)|model (list|synth|predict|evaluate|rates)|audit (sample|show)|engines (list|selftest))\b/;
/** What the folder can't have: another database, models and files of other pages, standard input, a network. */
const LEAVE_OUT =
  /my-model|--model (?!social)|postgres|^model predict -|--input|other|train|held-out|tweets\/|semeval|brand,day|--teacher|\.parquet$/;

let home: string;
let folder: string;
beforeAll(async () => {
  home = process.cwd();
  folder = mkdtempSync(join(tmpdir(), 'monitor-docs-'));
  process.chdir(folder);
  const sample = join(packageRoot, 'examples', 'inbox', 'posts_2026-09-26_2026-09-30.csv');
  mkdirSync('inbox');
  for (const name of ['inbox/posts.csv', 'export.csv', 'posts.csv']) copyFileSync(sample, name);
  writeFileSync('labelled.csv', 'text,label,brand,day\nso good,positive,a,1\nso bad,negative,a,2\nwell,neutral,b,2\n');
  const rule = { below: 0.45, min_posts: 10 };
  writeFileSync(
    'monitor.yaml',
    stringify({
      brands: { 'acme-air': { name: 'Acme Air', match: { any: ['larkovia'] }, team: 'care', alerts: [rule] } },
      teams: { care: { to: ['care@acme.example'] } },
    }),
  );
  const { code, stderr } = await monitorInProcess('run', '--as-of', '2026-10-01');
  expect(code, stderr).toBe(3);
});
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});

const lines = PAGES.flatMap(blocksOf)
  .filter(({ language }) => language === 'sh')
  .flatMap(monitorCommands)
  .map(({ at, args }) => ({ at, args, line: args.join(' ') }))
  .filter(({ line }) => RUN.test(line) && !LEAVE_OUT.test(line));
const distinct = [...new Map(lines.map((command) => [command.line, command])).values()];

describe('commands of the documentation, on the sample', () => {
  it('are many', () => expect(distinct.length).toBeGreaterThan(50));

  it.each(distinct.map(({ at, args, line }) => [`${at}: monitor ${line}`, args] as const))(
    '%s',
    async (_name, args) => {
      const here = args.map((word) =>
        word === '/etc/monitor.yaml' ? 'monitor.yaml' : word.replace(/^\/[\w/]+\//, './'),
      );
      const { code, stderr, stdout } = await monitorInProcess(...here);
      // A number or day of an example that this database does not have is told as such; everything else works.
      if (code === 2)
        expect(`${stderr}${stdout}`).toMatch(
          /There is no (run|event|alert|brand)|There are no (labels|posts)|No silence|has no sample|is past/,
        );
      else expect([0, 3], `${stderr}${stdout}`.slice(-600)).toContain(code);
    },
  );
});
