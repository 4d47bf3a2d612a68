import { expect, it } from 'vitest';
import { alertContent } from '../../src/alerts/message.ts';
import { headingOf, recipientsOf, scaleOf, subjectOf, type TeamMail } from '../../src/alerts/team-mail.ts';
import { dip, mailOf } from './dips.ts';

const of = (...kinds: ('firing' | 'repeat' | 'resolved')[]): TeamMail =>
  mailOf(...kinds.map((kind) => ({ ...alertContent(dip()), kind, subject: kind })));
const digest = { day: '2026-11-20', date: '20 November 2026', brands: [], silent: '' };

it.each([
  [[], ''],
  [['firing'], '1 new alert'],
  [['firing', 'firing', 'repeat'], '2 new alerts, 1 still standing'],
  [['repeat', 'resolved', 'resolved'], '1 still standing, 2 alerts over'],
] as const)('a mail of %j counts only what it has', (kinds, heading) => {
  expect(headingOf(of(...kinds))).toBe(heading);
});

it('the subject is that of the first alert, and says what a digest or a mail of nothing new is', () => {
  expect(subjectOf(of('repeat'))).toBe('repeat');
  expect(subjectOf(of('firing', 'repeat', 'resolved'))).toBe('firing and 2 more');
  expect(subjectOf({ ...of('firing', 'resolved'), digest })).toBe(
    '[Daily digest] 20 November 2026: 1 new alert, 1 alert over',
  );
  expect(subjectOf({ ...of(), digest })).toBe('[Daily digest] 20 November 2026: nothing new');
  expect(subjectOf(of())).toBe('[monitor] nothing new');
  expect(subjectOf({ ...of(), isSample: true })).toBe('[SAMPLE] [monitor] nothing new');
});

it('all who get it are named', () => {
  expect(recipientsOf({ ...of(), to: ['a@acme.example', 'b@acme.example'] })).toBe(
    'a@acme.example, b@acme.example – team care. Whoever runs this monitor can change the addresses and the rules.',
  );
  expect(recipientsOf({ ...of(), to: ['a@acme.example'], team: '' })).toMatch(/^a@acme\.example\. Whoever/);
});

it('what a figure means is said once, and only of figures that the mail has', () => {
  const scaled = (...scales: string[]): TeamMail =>
    mailOf(...scales.map((scale) => ({ ...alertContent(dip()), scale })));
  const mean = 'Sentiment is the mean score of the posts as a model reads them: 0 is all negative, 1 all positive.';
  expect(scaleOf(scaled('', ''))).toBe('');
  expect(scaleOf(scaled('One.', '', 'Two.', 'One.'))).toBe('One. Two.');
  expect(scaleOf({ ...scaled('', 'One.'), digest })).toBe(`One. ${mean}`);
  expect(scaleOf({ ...scaled(`${mean} More.`), digest })).toBe(`${mean} More.`);
  expect(scaleOf({ ...of(), digest })).toBe(mean);
});
