import type { Pool } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Channel } from '../../db/outbox.ts';
import { nextAttempt } from '../../src/alerts/backoff.ts';
import type { Refusal } from '../../src/alerts/transport.ts';
import { MonitorError } from '../../src/errors.ts';
import { type Answer, BOSS, CARE, type Outbox, openOutbox } from './ways.ts';
import type { World } from './world.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

let outbox: Outbox;
let world: World;
/** When the messages were made. */
let made: number;
beforeEach(async () => {
  outbox = await openOutbox();
  world = outbox.world;
  made = world.now;
});
afterEach(() => world.close());

const waiting = (channel: Channel) => ({
  ...{ channel, state: 'waiting', attempts: 0, next_ms: made, last_error: null, recipients: null },
});
const sent = (channel: Channel, last_error: string | null = null) => ({
  ...{ ...waiting(channel), state: 'sent', attempts: 1, last_error },
});
const failed = (channel: Channel, subject: string, last_error: string, recipients: string | null = null) => ({
  ...{ ...waiting(channel), attempts: 1, last_error, recipients },
  next_ms: nextAttempt({ key: `key of ${subject}`, createdMs: made }, 1, made),
});

function refuse(error: Error): Answer {
  return () => {
    throw error;
  };
}
const mailError = (message: string, command: string) =>
  new MonitorError('E_MAIL', message, { remedy: 'look', cause: Object.assign(new Error(message), { command }) });
const refusal = (recipient: string, reason: string, isTemporary: boolean): Refusal => ({
  ...{ recipient, reason, isTemporary },
});

describe('what waits in the outbox', () => {
  it('leaves by each of its ways, oldest first, and is told with where it went', async () => {
    await outbox.queue('one', 'webhook', 'smtp');
    await outbox.queue('two', 'outbox');
    world.now += MINUTE;
    const { now } = world;
    expect(await outbox.send({ smtp: outbox.way('smtp'), webhooks: new Map([['care', outbox.way('hook')]]) })).toEqual({
      sent: [
        { subject: 'one', to: [CARE, BOSS] },
        { subject: 'one', to: ['webhook'] },
        { subject: 'two', to: [CARE, BOSS], file: 'two.eml' },
      ],
      failed: [],
    });
    expect(outbox.attempts).toEqual([
      ['smtp', 'one', [CARE, BOSS], now],
      ['hook', 'one', [CARE, BOSS], now],
      ['outbox', 'two', [CARE, BOSS], now],
    ]);
    expect(await outbox.rows()).toEqual([sent('smtp'), sent('webhook'), sent('outbox')]);
    const line = { level: 30, to: [CARE, BOSS], msg: 'message sent' };
    expect(outbox.logged()).toEqual([
      { ...line, subject: 'one', channel: 'smtp' },
      { ...line, subject: 'one', channel: 'webhook' },
      { ...line, subject: 'two', channel: 'outbox' },
    ]);
  });

  it('is tried once in a run, however long the run takes', async () => {
    const slow: Answer = () => {
      world.now += 10 * MINUTE;
      throw mailError('busy', 'DATA');
    };
    await outbox.queue('one', 'outbox');
    await outbox.queue('two', 'outbox');
    await outbox.send({ outbox: outbox.way('outbox', { one: slow, two: slow }) });
    expect(outbox.attempts.map(([, subject]) => subject)).toEqual(['one', 'two']);
  });

  it('leaves in the same run when it came while others were sent', async () => {
    await outbox.queue('one', 'outbox');
    const more: Answer = async () => {
      await outbox.queue('two', 'outbox');
      return [];
    };
    expect(
      (await outbox.send({ outbox: outbox.way('outbox', { one: more }) })).sent.map(({ subject }) => subject),
    ).toEqual(['one', 'two']);
  });

  it('stays where a run is told to stop in between', async () => {
    await outbox.queue('one', 'outbox');
    await outbox.queue('two', 'outbox');
    const stop = new AbortController();
    const stopping: Answer = () => {
      stop.abort();
      return [];
    };
    const ended = outbox.send({ outbox: outbox.way('outbox', { one: stopping }) }, { signal: stop.signal });
    await expect(ended).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
    expect(await outbox.rows()).toEqual([sent('outbox'), waiting('outbox')]);
  });

  it('is left to another program that is sending', async () => {
    await outbox.queue('one', 'outbox');
    // A server on which that one keeps the lock, so that nothing here waits for it.
    const query = async (text: string) => {
      if (text.startsWith('select')) throw Object.assign(new Error('not in time'), { code: '55P03' });
    };
    const pool = { connect: async () => ({ query, release() {} }) } as unknown as Pool;
    const store = { ...world.store, postgres: { pool, label: 'server' } };
    expect(await outbox.send({}, { store })).toEqual({ sent: [], failed: [] });
    expect([outbox.attempts, outbox.logged()]).toEqual([
      [],
      [{ level: 30, msg: 'another program is sending what waits' }],
    ]);
  });
});

describe('recipients who are refused', () => {
  it('for good are told, and the mail counts as sent to the others', async () => {
    const smtp = outbox.way('smtp', {
      one: () => [refusal(CARE, '550 gone', false), refusal('x@y.example', '553 never was', false)],
    });
    await outbox.queue('one', 'smtp');
    expect(await outbox.send({ smtp })).toEqual({ sent: [{ subject: 'one', to: [CARE, BOSS] }], failed: [] });
    expect(await outbox.rows()).toEqual([sent('smtp', `${CARE}: 550 gone; x@y.example: 553 never was`)]);
    expect(outbox.logged()).toEqual([
      {
        ...{ level: 40, msg: 'mail sent, but the server refused some recipients', subject: 'one' },
        refused: [refusal(CARE, '550 gone', false), refusal('x@y.example', '553 never was', false)],
      },
    ]);
  });

  it('for now are tried again, they alone', async () => {
    let isGrey = true;
    const smtp = outbox.way('smtp', { one: () => (isGrey ? [refusal(BOSS, '450 later', true)] : []) });
    await outbox.queue('one', 'smtp');
    const error = `${BOSS}: 450 later`;
    expect(await outbox.send({ smtp })).toEqual({ sent: [], failed: [{ subject: 'one', error, attempts: 1 }] });
    expect(await outbox.rows()).toEqual([failed('smtp', 'one', error, JSON.stringify([BOSS]))]);
    expect(outbox.logged()).toEqual([
      {
        ...{ level: 50, msg: 'message not sent; it stays in the outbox', subject: 'one', channel: 'smtp' },
        ...{ attempts: 1, error, remedy: 'The others have it; these are tried again.' },
      },
    ]);
    isGrey = false;
    world.now += MINUTE;
    expect((await outbox.send({ smtp })).sent).toHaveLength(1);
    expect(outbox.attempts.map(([, , recipients]) => recipients)).toEqual([[CARE, BOSS], [BOSS]]);
    expect(await outbox.rows()).toMatchObject([{ state: 'sent', attempts: 2, last_error: null, recipients: null }]);
  });

  it('some for good, some for now: only the latter are tried again', async () => {
    const smtp = outbox.way('smtp', {
      one: () => [refusal(CARE, '550 gone', false), refusal(BOSS, '450 later', true)],
    });
    await outbox.queue('one', 'smtp');
    expect((await outbox.send({ smtp })).sent).toEqual([]);
    expect(await outbox.rows()).toEqual([failed('smtp', 'one', `${BOSS}: 450 later`, JSON.stringify([BOSS]))]);
    expect(outbox.logged()).toMatchObject([{ level: 40, refused: [{ recipient: CARE }] }, { level: 50 }]);
  });
});

describe('a way that fails', () => {
  it('for one mail is tried for the next', async () => {
    await outbox.queue('one', 'smtp');
    await outbox.queue('two', 'smtp');
    const result = await outbox.send({ smtp: outbox.way('smtp', { one: refuse(mailError('554 no', 'DATA')) }) });
    expect(result).toEqual({
      sent: [{ subject: 'two', to: [CARE, BOSS] }],
      failed: [{ subject: 'one', error: '554 no', attempts: 1 }],
    });
    expect(await outbox.rows()).toEqual([failed('smtp', 'one', '554 no'), sent('smtp')]);
    expect(outbox.logged()).toMatchObject([{ level: 50, error: '554 no', remedy: 'look' }, { level: 30 }]);
  });

  it('because nobody answers is not tried for the next, which goes out later; other ways go on', async () => {
    const down = refuse(mailError('ECONNREFUSED', 'CONN'));
    await outbox.queue('one', 'smtp');
    await outbox.queue('two', 'smtp', 'webhook');
    const webhooks = new Map([['care', outbox.way('hook')]]);
    expect(await outbox.send({ smtp: outbox.way('smtp', { one: down, two: down }), webhooks })).toEqual({
      sent: [{ subject: 'two', to: ['webhook'] }],
      failed: [{ subject: 'one', error: 'ECONNREFUSED', attempts: 1 }],
    });
    expect(await outbox.rows()).toEqual([failed('smtp', 'one', 'ECONNREFUSED'), waiting('smtp'), sent('webhook')]);
    expect(outbox.attempts.map(([by]) => by)).toEqual(['smtp', 'hook']);
  });

  it('is given up after four days, which is told', async () => {
    await outbox.queue('one', 'smtp');
    world.now += 4 * DAY;
    const smtp = outbox.way('smtp', { one: refuse(mailError('554 no', 'DATA')) });
    expect(await outbox.send({ smtp })).toEqual({
      sent: [],
      failed: [{ subject: 'one', error: '554 no', attempts: 1, dead: true }],
    });
    expect(await outbox.rows()).toEqual([{ ...waiting('smtp'), state: 'dead', attempts: 1, last_error: '554 no' }]);
    expect(outbox.logged()).toEqual([
      {
        ...{ level: 50, msg: 'message given up; `monitor alerts deliver --again` tries it once more' },
        ...{ subject: 'one', channel: 'smtp', attempts: 1, error: '554 no', remedy: 'look' },
      },
    ]);
  });

  it('for a full disk leaves the mail for the next run', async () => {
    await outbox.queue('one', 'outbox');
    const full = new MonitorError('E_DISK_FULL', 'no room', { remedy: 'make room' });
    expect((await outbox.send({ outbox: outbox.way('outbox', { one: refuse(full) }) })).failed).toHaveLength(1);
    expect(await outbox.rows()).toEqual([failed('outbox', 'one', 'no room')]);
  });

  it.each([
    ['an error of another kind', new MonitorError('E_DATABASE', 'no table', { remedy: 'none' })],
    ['a defect', new TypeError('undefined is not a function')],
  ])('with %s ends the run, and the mail waits as before', async (_, error) => {
    await outbox.queue('one', 'outbox');
    await expect(outbox.send({ outbox: outbox.way('outbox', { one: refuse(error) }) })).rejects.toBe(error);
    expect(await outbox.rows()).toEqual([waiting('outbox')]);
    expect((await outbox.send()).sent).toHaveLength(1);
  });

  it('is no longer in the settings: its mails wait until it is again', async () => {
    await outbox.queue('one', 'smtp', 'webhook');
    await outbox.queue('two', 'smtp');
    const [mail, hook] = ['SMTP', 'a webhook'].map(
      (what) => `The message was meant for ${what}, which is no longer configured.`,
    );
    expect((await outbox.send({ webhooks: new Map([['other', outbox.way('hook')]]) })).failed).toEqual([
      { subject: 'one', error: mail, attempts: 1 },
      { subject: 'one', error: hook, attempts: 1 },
      { subject: 'two', error: mail, attempts: 1 },
    ]);
    expect(outbox.logged().map(({ remedy }) => remedy)).toEqual(
      ['mail.smtp', 'teams.care.webhook', 'mail.smtp'].map(
        (key) => `Put ${key} back into the config; the message waits until then.`,
      ),
    );
    expect(await outbox.rows()).toMatchObject([{ state: 'waiting' }, { state: 'waiting' }, { state: 'waiting' }]);
  });
});
