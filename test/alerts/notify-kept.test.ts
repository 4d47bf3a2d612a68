import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendEvents } from '../../db/alerts.ts';
import { addSilence, endSilence } from '../../db/silences.ts';
import { type NotifyRun, notify, toldOf } from '../../src/alerts/notify.ts';
import { rulesOf } from '../../src/alerts/rule.ts';
import type { SecondOpinion } from '../../src/alerts/second-opinion.ts';
import type { DoubtedDip } from '../../src/alerts/second-opinion-stage.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { Context } from '../../src/context.ts';
import { PIXEL } from './days.ts';
import { DAY_ONE, openWorld, type World } from './world.ts';

const RULE = { below: 0.45, recover_above: 0.48, min_posts: 10 };
const NOTHING = { firing: 0, mails: 0, held: [], kept: [], opinions: [] };
let world: World;
let ruleId: string;

/** A fine day, and a dip that nobody was told of yet. */
beforeEach(async () => {
  world = await openWorld({ window: 1, alerts: { settle_hours: 0 }, brands: { 'acme-air': { alerts: [RULE] } } });
  ruleId = rulesOf(world.context.config)[0]?.ruleId ?? '';
  await measure(0, 0.6);
  await measure(1, 0.3);
});
afterEach(() => world.close());

async function measure(day: number, score: number): Promise<void> {
  await world.measure(DAY_ONE + day, score);
  await world.decide(DAY_ONE + day);
}

/** The morning after a day, by other settings of the brand. */
function morning(day: number, brand: object = {}, run: Partial<NotifyRun> = {}, context: Partial<Context> = {}) {
  const { data_dir } = world.context.config;
  const teams = { care: { to: ['care@acme.example'] } };
  const brands = { 'acme-air': { name: 'Acme Air', team: 'care', alerts: [RULE], ...brand } };
  const config = { ...configSchema.parse({ window: 1, alerts: { settle_hours: 0 }, brands, teams }), data_dir };
  return notify(
    { ...world.context, config, ...context },
    { ...{ runId: 1, newestDay: DAY_ONE + day, chartFor: () => PIXEL }, ...run },
  );
}

/** What was decided about mails, as it is kept. */
async function decisions() {
  const rows = await world.store.read.db.selectFrom('send_decisions').selectAll().orderBy('day').execute();
  return rows.map(({ inputs, ...row }) => ({ ...row, inputs: JSON.parse(inputs) as object }));
}

/** The decision about the dip on the morning after it, whose inputs are these besides the plain ones. */
const decided = (sent: number, reason: string, inputs: object = {}) => ({
  ...{ rule_id: ruleId, day: DAY_ONE + 1, run_id: 1, revision: 1, sent, kind: sent === 1 ? 'firing' : 'none', reason },
  inputs: {
    ...{ state: 'firing', decided_day: DAY_ONE + 1, unusual: null, silence: null },
    ...{ told_open: false, told_firing_day: null, told_still_holds: false, ...inputs },
  },
});

const logged = () => world.logged.map((line) => JSON.parse(line) as object);

describe('a second opinion', () => {
  const period = { fast: 0.5, posts: 1000, accurate: 0.5, standardError: 0.02, sample: 200 };
  const opinion: SecondOpinion = {
    ...{ verdict: 'agrees', model: 'accurate@1234', metric: 'mean_pos', problem: null },
    ...{ window_from: 20, window_to: 22, before_from: 1, before_to: 19 },
    ...{ readings: { window: period, before: period }, change: { value: 0, low: 0, high: 0 } },
    ...{ texts_read: 400, seconds: 5 },
  };
  let asked: DoubtedDip[];
  beforeEach(() => {
    asked = [];
  });
  const asking = (verdict: SecondOpinion['verdict']): Partial<NotifyRun> => ({
    askSecond: async (dip) => {
      asked.push(dip);
      return { ...opinion, verdict };
    },
  });
  const wanting = (second_opinion: object) => ({ alerts: [{ ...RULE, second_opinion }] });

  it.each([
    ['disagrees', true, 0],
    ['unsure', true, 0],
    ['agrees', true, 1],
    ['unknown', true, 1],
    ['disagrees', false, 1],
  ] as const)(
    'that %s, where it is required: %s, lets %i mails leave, and is kept',
    async (verdict, require, mails) => {
      expect(await morning(1, wanting({ model: 'accurate', require }), asking(verdict))).toEqual({
        ...{ firing: 1, mails, held: [], kept: mails === 1 ? [] : [{ rule: ruleId, reason: 'second_opinion' }] },
        opinions: [{ rule: ruleId, verdict, read: 400, seconds: 5 }],
      });
      expect(asked).toEqual([
        {
          ...{ ruleId, brandSlug: 'acme-air', metric: 'mean_pos', runId: 1 },
          ...{ since: DAY_ONE + 1, day: DAY_ONE + 1, windowFrom: DAY_ONE + 1 },
          settings: { model: 'accurate', sample: 200, require, minutes: 2 },
        },
      ]);
      const said = { second_opinion: expect.stringMatching(/^(A|No) more accurate model/) };
      expect(await decisions()).toEqual([decided(mails, mails === 1 ? 'new_alert' : 'second_opinion', said)]);
      expect(logged().at(-1)).toMatchObject(
        mails === 1
          ? { rule: ruleId, subject: '[Acme Air] sentiment 0.30, below 0.45 (1-day, was 0.60)', msg: 'alert queued' }
          : { rule: ruleId, since: '2026-11-02', reason: 'second_opinion' },
      );
    },
  );

  it('is asked for nothing but the start of a dip, by rules that want one', async () => {
    const freshness = { type: 'freshness', hours: 30 };
    const both = { alerts: [RULE, freshness] };
    const { config } = world.context;
    const rules = rulesOf({ ...config, brands: configSchema.parse({ brands: { 'acme-air': both } }).brands });
    const [event] = await world.store.read.db
      .selectFrom('alert_events')
      .selectAll()
      .where('day', '>', DAY_ONE)
      .execute();
    if (!event) throw new Error('nothing was decided');
    const exports = { rule_id: rules[1]?.ruleId ?? '', reason: 'no_export' };
    await world.store.transaction((tx) => appendEvents(tx, [{ ...event, ...exports }]));
    expect(await morning(1, both, asking('disagrees'))).toEqual({ ...NOTHING, firing: 2, mails: 2 });
    expect(await morning(1, wanting({ require: true }), asking('disagrees'))).toEqual({
      ...NOTHING,
      firing: 1,
      mails: 1,
    });
    await measure(2, 0.6);
    expect(await morning(2, wanting({ require: true }), asking('disagrees'))).toEqual({ ...NOTHING, mails: 1 });
    expect(asked).toEqual([]);
  });

  it('that nobody can be asked for keeps no mail', async () => {
    expect(await morning(1, wanting({ require: true }))).toEqual({ ...NOTHING, firing: 1, mails: 1 });
    expect(await decisions()).toEqual([decided(1, 'new_alert')]);
  });
});

describe('a mail that was wanted', () => {
  const held = new Map([['acme-air', 'twice the posts']]);

  it('is held while the input is unusual, its end too, and the night can say of what', async () => {
    const summary = { ...NOTHING, held: [{ rule: ruleId, since: '2026-11-02', reason: 'twice the posts' }] };
    expect(await morning(1, {}, { held })).toEqual({ ...summary, firing: 1 });
    expect(await morning(1, {}, { held: new Map([['other', 'x']]) })).toMatchObject({ mails: 1, held: [] });
    expect((await decisions())[0]).toEqual(decided(0, 'unusual_input', { unusual: 'twice the posts' }));
    await measure(2, 0.6);
    expect(await morning(2, {}, { held })).toEqual({ ...summary, held: [{ ...summary.held[0], since: '' }] });
  });

  it('is kept while a silence holds, and the record names which', async () => {
    const silence = { brandId: 1, fromMs: world.now - 9, untilMs: world.now + 9, author: 'jo', comment: 'known' };
    await world.store.transaction(async (tx) => {
      await endSilence(tx, await addSilence(tx, { ...silence, author: 'al' }), world.now - 5);
      await addSilence(tx, silence);
    });
    const summary = { ...NOTHING, firing: 1, kept: [{ rule: ruleId, reason: 'silenced' }] };
    expect(await morning(1)).toEqual(summary);
    expect(await decisions()).toEqual([
      decided(0, 'silenced', { silence: { id: 2, until_ms: world.now + 9, author: 'jo' } }),
    ]);
    expect(logged().at(-1)).toMatchObject({ rule: ruleId, since: '2026-11-02', reason: 'silenced' });
  });

  it('is kept for want of a team, and told of once there is one; then there is nothing to keep', async () => {
    expect(await morning(1, { team: undefined })).toEqual({
      ...{ ...NOTHING, firing: 1, kept: [{ rule: ruleId, reason: 'no_team' }] },
    });
    expect(await morning(1)).toEqual({ ...NOTHING, firing: 1, mails: 1 });
    expect(await morning(1)).toEqual({ ...NOTHING, firing: 1 });
  });

  it('tells what stood on its morning, whatever was decided of later days', async () => {
    expect(await morning(0)).toEqual(NOTHING);
    expect(await decisions()).toEqual([]);
  });
});

describe('a run that is interrupted', () => {
  it('tells nothing more, of rules that hold or of those that were taken away', async () => {
    const interrupted = { signal: AbortSignal.abort() };
    await expect(morning(1, {}, {}, interrupted)).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
    expect(await decisions()).toEqual([]);
    await morning(1);
    await expect(morning(1, { alerts: [] }, {}, interrupted)).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
    expect(await decisions()).toEqual([decided(1, 'new_alert')]);
  });
});

it('what a team was told is open until an end, and as new as the newest mail, in whatever order they were', () => {
  const mail = (kind: string, day: number) => ({ kind, day });
  expect(toldOf([])).toEqual({ open: false, firingDay: null, newestDay: null });
  expect(toldOf([mail('firing', 3), mail('repeat', 6)])).toEqual({ open: true, firingDay: 6, newestDay: 6 });
  const ended = [mail('firing', 3), mail('repeat', 6), mail('resolved', 5)];
  expect(toldOf(ended)).toEqual({ open: false, firingDay: 6, newestDay: 6 });
  expect(toldOf([...ended, mail('firing', 9)])).toEqual({ open: true, firingDay: 9, newestDay: 9 });
});
