import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Ask, type InitRequest, initialise } from '../../jobs/init.ts';
import { loadConfig } from '../../src/config/load.ts';
import { monitorInProcess } from '../support/cli-in-process.ts';
import { silentProgress } from '../support/silent.ts';

/** As a listening tool for a European market might write it. */
const FOREIGN = `Bericht;;;
Autor;Veröffentlicht;Beitrag;Reichweite
eva;03.02.2026 08:15;"Kaffee bei @KaffeeHaus: love it; great";12
tom;04.02.2026 09:30;"#kaffeehaus war super";3
eva;05.02.2026 10:00;"@kaffeehaus worst coffee, not good";1
kim;05.02.2026 11:00;"@KaffeeHaus love love love";1
lia;06.02.2026 11:00;"late again @kaffeehaus";1
`;

let home: string;
let folder: string;
beforeEach(() => {
  home = process.cwd();
  folder = mkdtempSync(join(tmpdir(), 'monitor-init-test-'));
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});

const request: InitRequest = {
  ...{ configFile: 'monitor.yaml', inbox: './inbox', file: null, timeZone: null, brands: null, mail: null },
  ...{ dateOrder: null, columns: {}, exportTimeZone: null, localZone: 'Europe/Berlin' },
};

/** The folders in which exports are read on trial. */
const temporaryFolders = () => readdirSync(tmpdir()).filter((name) => /^monitor-init-(?!test-)/.test(name));

/** Answers by the start of the question; everything else takes the proposal. Notes what was asked. */
function answering(answers: Record<string, string>): { ask: Ask; asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    ask: async (question, proposal, read) => {
      asked.push(question);
      const start = Object.keys(answers).find((key) => question.includes(key));
      return read(start === undefined ? proposal : (answers[start] ?? ''));
    },
  };
}

function initAs(change: Partial<InitRequest>, ask: Ask) {
  const input = {
    ...{ clock: () => Date.parse('2026-11-01T03:00:00Z'), signal: new AbortController().signal },
    ...{ progress: silentProgress, log: pino({ level: 'silent' }) },
  };
  // What is proposed is tested by itself, and above.
  const history = { rows: 0, posts: 0, rejected: 0, firstDay: null, lastDay: null, brands: new Map() };
  return initialise(input, { ...request, ...change }, ask, async () => history);
}

describe('monitor init', () => {
  it('reads an export of another tool by the columns that it is told, and asks what is open', async () => {
    mkdirSync('exports');
    writeFileSync('exports/listening.csv', FOREIGN);
    const columns = ['--column', 'created_at=Veröffentlicht', '--column', 'text=Beitrag', '--column', 'user_id=Autor'];
    const { code, stdout, stderr } = await monitorInProcess('init', 'exports/listening.csv', ...columns, '--yes');
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('KaffeeHaus');
    const config = loadConfig('monitor.yaml');
    expect(config.brands).toMatchObject({ kaffeehaus: { name: 'KaffeeHaus', match: { any: ['kaffeehaus'] } } });
    expect(config.sources['inbox']?.columns).toMatchObject({ text: 'Beitrag' });
    const run = await monitorInProcess('run', '--as-of', '2026-02-07', '--json');
    expect(run.code, run.stderr).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({ brands: [{ brand: 'kaffeehaus', posts: 1 }] });
  });

  it('asks at most five things, and takes posts as one brand where none is named', async () => {
    mkdirSync('inbox');
    writeFileSync('inbox/words.csv', 'date,text\n03/04/2026,so good\n04/04/2026,so bad\n05/06/2026,fine\n');
    const { ask, asked } = answering({ 'Day first': 'dmy', Mail: 'care@acme.example' });
    const done = await initAs({}, ask);
    expect(asked).toHaveLength(5);
    expect(done).toMatchObject({ copied: false, survey: { posts: 3, plan: { dateOrder: 'dmy' } } });
    expect(loadConfig('monitor.yaml')).toMatchObject({
      sources: { inbox: { date_order: 'dmy', brand: 'all-posts' } },
      brands: { 'all-posts': { name: 'All posts', team: 'team' } },
      teams: { team: { to: ['care@acme.example'] } },
    });
  });

  it('writes settings without an export, too', async () => {
    const { code, stdout } = await monitorInProcess('init', '--yes', '--brands', 'Acme Air, Globex');
    expect(code).toBe(0);
    expect(stdout).toContain('monitor doctor');
    expect(Object.keys(loadConfig('monitor.yaml').brands)).toEqual(['acme-air', 'globex']);
    expect(existsSync('inbox')).toBe(true);
  });

  it('says that nothing was written when it is stopped while it scores, and leaves nothing behind', async () => {
    writeFileSync('mine.csv', 'date,text,brand\n2026-01-01,so good,acme\n');
    const before = temporaryFolders();
    const controller = new AbortController();
    const input = {
      ...{ clock: () => Date.parse('2026-11-01T03:00:00Z'), signal: controller.signal },
      ...{ progress: { ...silentProgress, start: () => controller.abort() }, log: pino({ level: 'silent' }) },
    };
    await expect(initialise(input, { ...request, file: 'mine.csv' }, answering({}).ask)).rejects.toMatchObject({
      code: 'E_INTERRUPTED',
      message: 'Stopped before the settings were written; nothing was changed.',
    });
    expect(readdirSync('.')).toEqual(['mine.csv']);
    expect(temporaryFolders()).toEqual(before);
  });

  it('writes nothing over', async () => {
    writeFileSync('monitor.yaml', '# mine\n');
    const there = await monitorInProcess('init', 'mine.csv', '--yes');
    expect(there).toMatchObject({ code: 2, stdout: '' });
    expect(there.stderr).toContain('There are settings already');
    rmSync('monitor.yaml');
    mkdirSync('inbox');
    writeFileSync('inbox/mine.csv', 'other');
    writeFileSync('mine.csv', 'date,text\n2026-01-01,so good\n');
    const taken = await monitorInProcess('init', 'mine.csv', '--yes');
    expect(taken.stderr).toContain('another file of that name');
    expect(readFileSync('inbox/mine.csv', 'utf8')).toBe('other');
    expect(existsSync('monitor.yaml')).toBe(false);
  });

  it.each([
    [['nowhere.csv'], 'There is no file "nowhere.csv"'],
    [['open.csv'], '--date-order dmy'],
    [['bare.csv'], '--column created_at=Date'],
    [['none.csv'], 'None of its 1 rows can be used'],
    [['good.csv', '--config', 'nowhere/monitor.yaml'], "The file can't be written: there is no such file or folder"],
    [['good.csv', '--time-zone', 'Berlin'], '"Berlin" is not a time zone'],
    [['good.csv', '--mail', 'care'], '"care" is not a mail address'],
    [['good.csv', '--column', 'words=Text'], 'before the sign is one of created_at, text'],
    [['good.csv', '--column', 'text=Absent'], 'Absent'],
    [['good.csv', '--export-time-zone', 'EST5'], '"EST5" is not a time zone'],
  ])('%j is refused with what to do, and leaves nothing behind', async (args, message) => {
    writeFileSync('open.csv', 'date,text\n03/04/2026,so good\n');
    writeFileSync('bare.csv', 'a,b\n1,2\n');
    writeFileSync('none.csv', 'date,text\nsoon,so good\n');
    writeFileSync('good.csv', 'date,text\n2026-01-01,so good\n');
    const result = await monitorInProcess('init', ...args, '--yes');
    expect(result.code).toBeGreaterThan(0);
    expect(result.stderr).toContain(message);
    expect(readdirSync('.').sort()).toEqual(['bare.csv', 'good.csv', 'none.csv', 'open.csv']);
  });
});
