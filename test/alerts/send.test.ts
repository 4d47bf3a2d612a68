import { describe, expect, it } from 'vitest';
import {
  decideSend,
  NOTHING_TOLD,
  type SendReason,
  type Situation,
  type Told,
  toldAfter,
} from '../../src/alerts/send.ts';
import { dayOf, threshold, volume } from './days.ts';

// Friday: the mail would arrive on Saturday, 21 November.
const day = dayOf('2026-11-20');
const firing: Situation = {
  ...{ day, state: 'firing', decidedDay: day, toldStillHolds: true, silence: null, unusual: null },
};
const quiet: Situation = { ...firing, state: 'inactive' };
const told: Told = { open: true, firingDay: day - 3, newestDay: day - 3 };
const weekly = { ...threshold, repeatEvery: 7 };
const weekend = { ...threshold, mute: [{ weekdays: ['saturday' as const, 'sunday' as const], dates: [] }] };
const holidays = (dates: string) => ({ ...threshold, mute: [{ weekdays: [], dates: [dates] }] });

describe('whether a mail is sent', () => {
  it.each<[string, Parameters<typeof decideSend>, string, SendReason]>([
    ['the first of an alert', [threshold, NOTHING_TOLD, firing], 'firing', 'new_alert'],
    ['an alert that was told', [threshold, told, firing], 'none', 'already_told'],
    ['an alert that ended', [threshold, told, quiet], 'resolved', 'ended'],
    ['an alert that went on to pending', [threshold, told, { ...quiet, state: 'pending' }], 'resolved', 'ended'],
    ['an alert that late posts undid', [threshold, told, { ...quiet, toldStillHolds: false }], 'resolved', 'undone'],
    ['an alert that ended and was never told', [threshold, NOTHING_TOLD, quiet], 'none', 'nothing_to_tell'],
    ['a pending alert', [threshold, NOTHING_TOLD, { ...firing, state: 'pending' }], 'none', 'nothing_to_tell'],
    ['an end that was told', [threshold, { ...told, open: false }, quiet], 'none', 'nothing_to_tell'],
    ['a new alert after an end', [threshold, { ...told, open: false }, firing], 'firing', 'new_alert'],
    ['a repeat before its time', [weekly, { ...told, firingDay: day - 6 }, firing], 'none', 'already_told'],
    ['a repeat in its time', [weekly, { ...told, firingDay: day - 7 }, firing], 'repeat', 'repeat_due'],
    ['no repeat unless asked for', [threshold, { ...told, firingDay: day - 99 }, firing], 'none', 'already_told'],
    ['a morning before one that was told', [threshold, { ...told, newestDay: day + 1 }, quiet], 'none', 'later_told'],
    ['a morning that was told, again', [threshold, { ...told, newestDay: day }, quiet], 'resolved', 'ended'],
    ['a brand without a team', [{ ...threshold, team: null }, NOTHING_TOLD, firing], 'none', 'no_team'],
    ['an alert of old', [threshold, NOTHING_TOLD, { ...firing, decidedDay: day - 4 }], 'none', 'no_recent_data'],
    [
      'an alert as old as its window',
      [threshold, NOTHING_TOLD, { ...firing, decidedDay: day - 3 }],
      'firing',
      'new_alert',
    ],
    [
      'nothing of a brand without a team',
      [{ ...threshold, team: null }, NOTHING_TOLD, quiet],
      'none',
      'nothing_to_tell',
    ],
    ['an end of old', [threshold, told, { ...quiet, decidedDay: day - 4 }], 'resolved', 'ended'],
    ['a silence', [threshold, NOTHING_TOLD, { ...firing, silence: 1 }], 'none', 'silenced'],
    ['an end within a silence', [threshold, told, { ...quiet, silence: 1 }], 'none', 'silenced'],
    ['a brand that is off', [{ ...threshold, mute: true }, NOTHING_TOLD, firing], 'none', 'brand_muted'],
    ['a Saturday', [weekend, NOTHING_TOLD, firing], 'none', 'muted_weekday'],
    [
      'the Monday after',
      [weekend, NOTHING_TOLD, { ...firing, day: day + 2, decidedDay: day + 2 }],
      'firing',
      'new_alert',
    ],
    ['a holiday', [holidays('2026-11-21'), NOTHING_TOLD, firing], 'none', 'muted_date'],
    ['within holidays', [holidays('2026-11-19..2026-11-21'), NOTHING_TOLD, firing], 'none', 'muted_date'],
    ['after holidays', [holidays('2026-11-19..2026-11-20'), NOTHING_TOLD, firing], 'firing', 'new_alert'],
    ['before holidays', [holidays('2026-11-22..2026-11-24'), NOTHING_TOLD, firing], 'firing', 'new_alert'],
    ['unusual input', [threshold, NOTHING_TOLD, { ...firing, unusual: 'x' }], 'none', 'unusual_input'],
    ['unusual input of a rule on volume', [volume, NOTHING_TOLD, { ...firing, unusual: 'x' }], 'firing', 'new_alert'],
  ])('%s', (_, args, kind, reason) => {
    expect(decideSend(...args)).toEqual({ kind, reason });
  });
});

it('a team knows the newest day that it was told of, and after an end that of the alert', () => {
  const after = (kind: Parameters<typeof toldAfter>[1]['kind']) => toldAfter(told, { kind, reason: 'ended' }, day);
  expect(after('none')).toEqual(told);
  for (const kind of ['firing', 'repeat'] as const)
    expect(after(kind)).toEqual({ open: true, firingDay: day, newestDay: day });
  expect(after('resolved')).toEqual({ open: false, firingDay: day - 3, newestDay: day });
});
