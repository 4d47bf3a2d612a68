import type { DayFigures } from '../src/aggregate/figures.ts';
import { percent } from '../src/percent.ts';
import { count } from './format.ts';
import { html, type Markup, raw } from './html.ts';

/** How many posts are of each class. */
export type ClassCounts = Pick<DayFigures, 'total' | 'positives' | 'negatives'>;

/** The shares of the three classes as a bar with its figures. `days` names what is counted: "30 Mar". */
export function sharesMarkup({ total, positives, negatives }: ClassCounts, days: string): Markup {
  const parts = [
    ['positive', positives, 'var(--positive)'],
    ['neutral', total - positives - negatives, 'var(--neutral)'],
    ['negative', negatives, 'var(--negative)'],
  ] as const;
  let x = 0;
  const bars = parts.map(([, posts, fill]) => {
    const width = (posts / total) * 100;
    const bar = width === 0 ? '' : `<rect x="${x.toFixed(2)}" width="${width.toFixed(2)}" height="8" fill="${fill}"/>`;
    x += width;
    return bar;
  });
  return html`<div class="shares"><svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">${raw(bars.join(''))}</svg>
<p>${days}: ${parts.map(
    ([name, posts], index) =>
      html`${index === 0 ? '' : ', '}<b class="${name}">${percent(posts / total)} ${name}</b> <small>${count(posts)}</small>`,
  )}</p></div>
`;
}
