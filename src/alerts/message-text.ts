import type { AlertContent } from './message.ts';

const WIDTH = 72;

/** The plain-text part of an alert mail, wrapped at 72 columns. */
export function textPart(content: AlertContent): string {
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
  const quotes = content.quotes.flatMap(({ score, date, text }, index) => [
    ...(index === 0 ? [] : ['']),
    `  ${score}  ${date}`,
    wrap(text, '        '),
  ]);
  return [
    wrap(`${content.brand}: ${content.title}`),
    '',
    wrap(`${content.lead} ${content.certainty}`),
    '',
    ...facts,
    '',
    wrap(content.basis),
    ...section('The last days (chart attached)', recent),
    ...(content.events.length === 0
      ? []
      : section(
          'Noted events',
          content.events.map(({ date, text }) => wrap(`${date}: ${text}`, '  ')),
        )),
    ...(quotes.length === 0 ? [] : section(`Posts that pulled it down (lowest scores, ${content.quotesSpan})`, quotes)),
    ...section('What ends it', [wrap(content.resolve)]),
    ...section('Who gets this', [wrap(content.recipients)]),
    '',
    '-- ',
    wrap(content.scale),
    '',
  ].join('\n');
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
