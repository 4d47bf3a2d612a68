import { MAIL_TEMPLATE } from './mail-template.ts';
import {
  FULL_ALERTS,
  headingOf,
  recipientsOf,
  scaleOf,
  subjectOf,
  type TeamAlert,
  type TeamMail,
} from './team-mail.ts';
import { compileTemplate, type Template, type View } from './template.ts';

const TONES = {
  firing: { tone: 'alarm', colour: '#b3261e' },
  repeat: { tone: 'alarm', colour: '#b3261e' },
  resolved: { tone: 'good', colour: '#1b7f43' },
};
const INK = '#1c2430';

let template: Template | undefined;

/** The HTML part of a team's mail. Charts are inline parts with the alerts' content ids; nothing is loaded from afar. */
export function htmlPart(mail: TeamMail): string {
  template ??= compileTemplate(MAIL_TEMPLATE);
  const { alerts, digest } = mail;
  const [first] = alerts;
  return template({
    subject: subjectOf(mail),
    preview: first ? `${first.content.lead} ${first.content.certainty}` : 'Where your brands stand.',
    isSample: mail.isSample,
    digest: digest === null ? false : { ...digest, window: mail.window, alertsLine: alertsLine(mail) },
    summary: alerts.length > 1 ? { heading: headingOf(mail), lines: alerts.map(lineView) } : false,
    alerts: alerts.slice(0, FULL_ALERTS).map(alertView),
    standing: mail.standing.length === 0 ? false : { lines: mail.standing.map((line) => ({ ...line })) },
    recipients: recipientsOf(mail),
    scale: scaleOf(mail),
  });
}

function alertsLine(mail: TeamMail): string {
  return mail.alerts.length === 0 ? 'No alert is new.' : `${headingOf(mail)}: below.`;
}

function lineView({ content }: TeamAlert): View {
  return { brand: content.brand, title: content.title, ...TONES[content.kind] };
}

function alertView({ number, content, cid }: TeamAlert): View {
  const tone = TONES[content.kind];
  return {
    ...content,
    ...tone,
    number,
    facts: content.facts.map((fact, index) => ({ ...fact, ...(index === 0 ? tone : { tone: 'ink', colour: INK }) })),
    charts: cid === null ? false : { cid, alt: chartAlt(content) },
    hasFacts: content.facts.length > 0,
    hasOpinion: (content.opinion ?? '') !== '',
    hasBasis: content.basis !== '',
    hasQuotes: content.quotes.length > 0,
    hasTerms: content.terms.length > 0,
    page: content.page === '' ? false : { url: content.page },
  };
}

function chartAlt(content: TeamAlert['content']): string {
  const days = content.recent.map(({ date, smoothed }) => `${date} ${smoothed}`).join(', ');
  return `Chart of the ${content.smoothedLabel} figure. ${days}`;
}
