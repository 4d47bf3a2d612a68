import type { Drivers } from '../src/alerts/drivers.ts';
import type { GrownTerm } from '../src/alerts/terms.ts';
import { percent } from '../src/percent.ts';
import { count } from './format.ts';
import { html, type Markup, raw } from './html.ts';

/** What moved a brand's mean score on some days away from that of the days before, and what a page calls both. */
export interface Moved extends Pick<Drivers, 'mean' | 'posts' | 'terms'> {
  readonly usual: number;
  /** "30 Mar", "28 Mar to 30 Mar", "the week". */
  readonly days: string;
  /** "the week before". */
  readonly before: string;
}

const LONGEST_QUOTE = 180;

/** The posts and terms that moved some days, in a brand's section. */
export function movedMarkup(moved: Moved | undefined): Markup | undefined {
  if (moved === undefined) return undefined;
  const { days, before } = moved;
  const fell = moved.mean < moved.usual;
  const change = Math.abs(moved.mean - moved.usual).toFixed(3);
  return html`<h3>What ${fell ? 'pulled' : 'pushed'} ${days} ${fell ? 'down' : 'up'}</h3>
<p>Its mean score is ${moved.mean.toFixed(3)}, ${change} ${fell ? 'below' : 'above'} that of ${before} (${moved.usual.toFixed(3)}). These posts add most to that:</p>
<ul class="quotes">
${moved.posts.map(
  ({ postId, text, copies, influence }) =>
    html`<li><q dir="auto" data-post="${postId}">${quote(text)}</q> <small>${influence < 0 ? '−' : '+'}${Math.abs(influence).toFixed(4)}${copies > 1 ? html`, ${count(copies)} times` : undefined}</small></li>\n`,
)}</ul>
${moved.terms.length === 0 ? undefined : termsMarkup(moved.terms, fell, before)}`;
}

function termsMarkup(terms: readonly GrownTerm[], fell: boolean, before: string): Markup {
  return html`<p>More often in ${fell ? 'negative' : 'positive'} posts than ${before}: ${terms.map(
    ({ term, now, nowOf, before: earlier, beforeOf }, index) =>
      html`${index === 0 ? '' : raw(', ')}<b dir="auto">${term}</b> <small>${percent(now / nowOf)}, was ${percent(earlier / beforeOf)}</small>`,
  )}.</p>
`;
}

function quote(text: string): string {
  const letters = [...text.replace(/\s+/g, ' ').trim()];
  return letters.length <= LONGEST_QUOTE
    ? letters.join('')
    : `${letters
        .slice(0, LONGEST_QUOTE - 1)
        .join('')
        .trimEnd()}…`;
}

/** The page of a report without the quotes of posts that `isGone` tells; undefined when it has none of them. */
export function withoutQuotes(page: string, isGone: (postId: number) => boolean): string | undefined {
  const cleaned = page.replace(/<q dir="auto" data-post="(\d+)">[^<]*<\/q>/g, (whole, id: string) =>
    isGone(Number(id)) ? '<q>removed on request</q>' : whole,
  );
  return cleaned === page ? undefined : cleaned;
}
