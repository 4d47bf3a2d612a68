import { describe, expect, it } from 'vitest';
import type { AlertKind } from '../../src/alerts/alert-content.ts';
import { alertContent } from '../../src/alerts/message.ts';
import { headingOf, recipientsOf, scaleOf, subjectOf, type TeamMail } from '../../src/alerts/team-mail.ts';
import { dip, mailOf } from './dips.ts';

const of = (...kinds: AlertKind[]) => mailOf(...kinds.map((kind) => alertContent(dip({ kind }))));
const digest = { day: '2026-11-20', date: '20 November 2026', brands: [], silent: '' };

describe('a mail to a team', () => {
  it.each<[string, AlertKind[]]>([
    ['1 new alert', ['firing']],
    ['2 new alerts, 1 alert over', ['firing', 'resolved', 'firing']],
    ['1 still standing', ['repeat']],
    ['2 alerts over', ['resolved', 'resolved']],
    ['', []],
  ])('counts in its heading what there is: "%s"', (heading, kinds) => expect(headingOf(of(...kinds))).toBe(heading));

  it('says in its subject that there is nothing new where nothing is', () => {
    expect(subjectOf(of())).toBe('[monitor] nothing new');
    expect(subjectOf({ ...of(), isSample: true })).toBe('[SAMPLE] [monitor] nothing new');
    expect(subjectOf({ ...of(), digest })).toBe('[Daily digest] 20 November 2026: nothing new');
  });

  it('names all who get it', () => {
    expect(recipientsOf({ ...of(), to: ['care@acme.example', 'boss@acme.example'] })).toBe(
      'care@acme.example, boss@acme.example – team care. Whoever runs this monitor can change the addresses and the rules.',
    );
  });

  it('explains each figure in it once, and that of a digest only where there is one', () => {
    const scale = (change: Partial<TeamMail>, ...scales: string[]) => {
      const mail = of(...scales.map((): AlertKind => 'firing'));
      const alerts = mail.alerts.map((alert, index) => ({
        ...alert,
        content: { ...alert.content, scale: scales[index] ?? '' },
      }));
      return scaleOf({ ...mail, alerts, ...change });
    };
    const own = 'Sentiment is the mean score of the posts as a model reads them: 0 is all negative, 1 all positive.';
    expect(scale({}, 'Net is net.', '', 'Rate is rate.', 'Net is net.')).toBe('Net is net. Rate is rate.');
    expect(scale({}, '')).toBe('');
    expect(scale({ digest }, '', 'Net is net.')).toBe(`Net is net. ${own}`);
    expect(scale({ digest }, `${own} And more.`)).toBe(`${own} And more.`);
    expect(scale({ digest })).toBe(own);
  });
});
