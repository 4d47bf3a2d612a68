import { brandOf } from '../../db/brands.ts';
import { postsByIds, type ShownPost } from '../../db/day-posts.ts';
import { count, countOf, longDate, weekdayName } from '../../reports/format.ts';
import { html, type Markup } from '../../reports/html.ts';
import { estimateCell } from '../../reports/page-tables.ts';
import { type Day, formatDay, zoneOf } from '../../src/calendar.ts';
import { type From, type PostPage, pageOf } from '../day-posts.ts';
import { hidden, type Page, select } from '../frame.ts';
import type { ListedPost, Place, PostFilter } from '../post-list.ts';
import { NotFound } from '../refusal.ts';
import { type Service, snapshot, storeOf } from '../service.ts';
import { brandOn, pathOfBrand } from './brand.ts';

const POSTS_PER_PAGE = 50;

/** A page of a brand's day with its posts as they are shown. Errors: NotFound for a brand that was never seen. */
export async function postsOf(
  service: Service,
  query: { slug: string; day: Day; filter: PostFilter; from: From; limit: number },
): Promise<PostPage & { shown: ReadonlyMap<number, ShownPost> }> {
  const { read } = storeOf(service);
  const brand = await brandOf(read, query.slug);
  if (!brand) throw new NotFound(`There is no brand "${query.slug}".`);
  const posts = await service.dayPosts(read, brand.brandId, query.day);
  const page = pageOf(posts, query.filter, query.from, query.limit);
  const shown = await postsByIds(
    read,
    page.posts.map(({ postId }) => postId),
  );
  return { ...page, shown };
}

/** A place as it is written into an address. */
export function placeText({ weight, postId }: Place): string {
  return `${weight}_${postId}`;
}

/** A place from an address; undefined when it is none. */
export function placeOf(text: string): Place | undefined {
  const [weight, postId, ...more] = text.split('_').map(Number);
  if (weight === undefined || postId === undefined || more.length > 0) return undefined;
  return Number.isSafeInteger(weight) && Number.isSafeInteger(postId) ? { weight, postId } : undefined;
}

/** A brand's day: its figures, and its posts by influence. */
export async function dayPage(
  service: Service,
  query: { slug: string; day: Day; filter: PostFilter; from: From; formKey: string; here: string },
): Promise<Page> {
  const { slug, day, filter, from, formKey, here } = query;
  const { brand } = await snapshot(service, (reader) => brandOn(reader, service, slug, () => day - 1));
  const figures = brand.figures.find((of) => of.day === day);
  const page = await postsOf(service, { slug, day, filter, from, limit: POSTS_PER_PAGE });
  const zone = zoneOf(service.config.time_zone);
  const path = `${pathOfBrand(slug)}/days/${formatDay(day)}`;
  const time = (atMs: number): string => new Date(zone.localOf(atMs)).toISOString().slice(11, 16);
  return {
    ...{ title: `${brand.name}, ${longDate(day)}`, section: '/' },
    body: html`<header>
<p class="kicker"><a href="/">Brands</a> › <a href="${pathOfBrand(slug)}">${brand.name}</a></p>
<h1>${weekdayName(day)}, ${longDate(day)}</h1>
<div class="choices"><a href="${pathOfBrand(slug)}/days/${formatDay(day - 1)}">Day before</a> <a href="${pathOfBrand(slug)}/days/${formatDay(day + 1)}">Day after</a></div>
</header>
<main>
<section><h2>Figures</h2>
${
  figures === undefined
    ? html`<p>No scored posts on this day.</p>`
    : html`<dl class="facts"><div><dt>Posts</dt><dd>${count(figures.total)}</dd></div><div><dt>Positive</dt><dd>${count(figures.positives)}</dd></div><div><dt>Negative</dt><dd>${count(figures.negatives)}</dd></div><div><dt>People</dt><dd>${count(figures.users)}</dd></div><div><dt>Positive rate</dt><dd>${estimateCell(figures.positiveRate, 'positive_rate')}</dd></div><div><dt>Mean score</dt><dd>${estimateCell(figures.meanPos, 'mean_pos')}</dd></div><div><dt>Alert</dt><dd>${brand.threshold === null ? 'none set' : brand.firingDays.has(day) ? 'firing' : 'calm'}</dd></div></dl>`
}
</section>
<section><h2>Posts</h2>
<p class="hint">By influence: what each post adds to the difference between this day’s mean score and that of the week before, the largest first.</p>
<form action="${path}" method="get">
${select(
  'class',
  'Class',
  [
    ['', 'all'],
    ['negative', 'negative'],
    ['neutral', 'neutral'],
    ['positive', 'positive'],
  ],
  filter.class ?? '',
)}
<label>Has the words <input name="term" value="${filter.term ?? ''}" maxlength="200"></label>
<label>Score from <input type="number" name="min" min="0" max="1" step="0.01" value="${filter.min ?? ''}"></label>
<label>to <input type="number" name="max" min="0" max="1" step="0.01" value="${filter.max ?? ''}"></label>
<button>Show</button> <a href="${path}">All posts</a>
</form>
<p role="status">${page.matching === page.total ? countOf(page.total, 'post') : `${count(page.matching)} of ${countOf(page.total, 'post')}`}</p>
<ul class="list">
${page.posts.map((post) => {
  const shown = page.shown.get(post.postId);
  return shown === undefined ? undefined : postItem(post, shown, time(shown.atMs), { formKey, here });
})}</ul>
${pager(path, filter, page)}
</section>
</main>`,
  };
}

function postItem(
  post: ListedPost,
  shown: ShownPost,
  time: string,
  { formKey, here }: { formKey: string; here: string },
): Markup {
  const sign = post.influence < 0 ? '−' : '+';
  return html`<li class="post" id="post-${post.postId}">
<p dir="auto">${shown.text === '' ? 'The text was deleted by age.' : shown.text}</p>
<div class="meta"><span class="class ${post.predicted}">${post.predicted}</span><span>score ${post.score.toFixed(2)}</span><span>adds ${sign}${Math.abs(post.influence).toFixed(5)}</span><span>${time}</span><span dir="auto">${shown.userId ?? 'no user'}</span><span dir="auto">${shown.source}</span>
<form action="/posts/${post.postId}/correction" method="post">${hidden('key', formKey)}${hidden('back', `${here}#post-${post.postId}`)}<label>Right is <select name="label" aria-label="Right class of this post">${(
    ['', 'negative', 'neutral', 'positive'] as const
  ).map(
    (value) =>
      html`<option value="${value}"${(shown.correction ?? '') === value ? SELECTED : undefined}>${value === '' ? '–' : value}</option>`,
  )}</select></label><button>Save</button></form></div>
</li>
`;
}

const SELECTED = html` selected`;

function pager(path: string, filter: PostFilter, page: PostPage): Markup | undefined {
  const first = page.posts[0];
  const last = page.posts.at(-1);
  if (!page.hasBefore && !page.hasAfter) return undefined;
  const link = (name: string, place: Record<string, string>): Markup =>
    html`<a href="${path}?${new URLSearchParams({ ...textsOf(filter), ...place }).toString()}">${name}</a> `;
  return html`<nav class="choices" aria-label="Pages">${
    page.hasBefore && first ? html`${link('First', {})}${link('Before', { before: placeText(first) })}` : undefined
  }${page.hasAfter && last ? html`${link('Next', { after: placeText(last) })}${link('Last', { last: '1' })}` : undefined}</nav>`;
}

function textsOf(filter: PostFilter): Record<string, string> {
  const entries = Object.entries(filter).filter(([, value]) => value !== undefined && value !== '');
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}
