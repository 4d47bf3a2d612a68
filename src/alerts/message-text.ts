import { FULL_ALERTS, headingOf, recipientsOf, scaleOf, type TeamAlert, type TeamMail } from './team-mail.ts';

const WIDTH = 72;

/** The plain-text part of a team's mail, wrapped at 72 columns. */
export function textPart(mail: TeamMail): string {
  const { alerts, digest } = mail;
  return [
    ...(mail.isSample
      ? [wrap('This is a sample. It was asked for with `monitor alerts test`; nothing happened.'), '']
      : []),
    ...(digest === null ? [] : [...digestLines(mail), '']),
    ...(alerts.length > 1
      ? [headingOf(mail), '', ...alerts.map(({ content }) => wrap(`- ${content.brand}: ${content.title}`)), '']
      : []),
    ...alerts
      .slice(0, FULL_ALERTS)
      .flatMap((alert, index) => [
        ...(index > 0 || alerts.length > 1 || digest !== null ? ['='.repeat(WIDTH), ''] : []),
        ...alertLines(alert),
        '',
      ]),
    ...(mail.standing.length === 0
      ? []
      : [
          ...section(
            'Told before, and still standing',
            mail.standing.map(({ brand, text }) => wrap(`${brand}, ${text}`)),
          ).slice(1),
          '',
        ]),
    ...section('Who gets this', [wrap(recipientsOf(mail))]).slice(1),
    '',
    '-- ',
    wrap(scaleOf(mail)),
    '',
  ].join('\n');
}

function digestLines({ digest, window, alerts }: TeamMail): string[] {
  if (digest === null) return [];
  const row = (name: string, now: string, change: string, posts: string): string =>
    `  ${name.slice(0, 34).padEnd(34)}${now.padStart(8)}${change.padStart(11)}${posts.padStart(10)}`;
  return [
    `Where your brands stand, ${digest.date}`,
    '',
    row('Brand', `${window}-day`, 'in a week', 'posts'),
    ...digest.brands.map(({ brand, day, now, change, posts }) =>
      row(day === '' ? brand : `${brand.slice(0, 21)} (${day})`, now, change, posts),
    ),
    ...(digest.silent === '' ? [] : ['', wrap(digest.silent)]),
    ...(alerts.length === 0 ? ['', 'No alert is new.'] : []),
  ];
}

function alertLines({ number, content, cid }: TeamAlert): string[] {
  const facts = content.facts.map(({ label, value, note }) =>
    `  ${label.padEnd(10)} ${value.padEnd(8)} ${note}`.trimEnd(),
  );
  const recent = [
    `  ${'Day'.padEnd(12)}${content.dailyLabel.padStart(10)}${content.smoothedLabel.padStart(10)}${'posts'.padStart(10)}`,
    ...content.recent.map(
      ({ date, daily, smoothed, posts }) =>
        `  ${date.padEnd(12)}${daily.padStart(10)}${smoothed.padStart(10)}${posts.padStart(10)}`,
    ),
  ];
  const quotes = content.quotes.flatMap(({ score, note, text }, index) => [
    ...(index === 0 ? [] : ['']),
    wrap(`${score}  ${note}`, '  '),
    wrap(text, '        '),
  ]);
  return [
    wrap(`${content.brand}: ${content.title}`),
    content.date,
    '',
    wrap(`${content.lead} ${content.certainty}`.trimEnd()),
    ...(content.opinion ? ['', wrap(content.opinion)] : []),
    ...(facts.length === 0 ? [] : ['', ...facts]),
    ...(content.basis === '' ? [] : ['', wrap(content.basis)]),
    ...(recent.length === 1 ? [] : section(`The last days${cid === null ? '' : ' (chart attached)'}`, recent)),
    ...(content.events.length === 0
      ? []
      : section(
          'Noted events',
          content.events.map(({ date, text }) => wrap(`${date}: ${text}`, '  ')),
        )),
    ...(quotes.length === 0 ? [] : section('Posts that pulled it down', [wrap(content.quotesNote), '', ...quotes])),
    ...(content.terms.length === 0
      ? []
      : section(
          'Words that grew in negative posts',
          content.terms.map(({ term, text }) => wrap(`${term}: ${text}`, '  ')),
        )),
    ...section('What ends it', [wrap(content.resolve)]),
    ...(content.page === '' ? [] : ['', `Its page: ${content.page}`]),
    ...section('The rule, and how to silence it', [
      wrap(content.rule),
      '',
      `  ${content.silence}`,
      '',
      'Was this alert useful?',
      `  monitor alerts feedback ${number} useful   (or: false)`,
    ]),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return ['', title.toUpperCase(), '', ...lines];
}

/** Breaks a line at spaces; a word that is longer than a line keeps one to itself. */
function wrap(text: string, indent = ''): string {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(' ')) {
    const isEmpty = line === indent;
    if (!isEmpty && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = indent + word;
    } else line += isEmpty ? word : ` ${word}`;
  }
  return [...lines, line].join('\n');
}
