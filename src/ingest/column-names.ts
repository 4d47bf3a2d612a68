import { endsInUtc } from './zone-names.ts';

/** What a post is made of, by the names that columns are mapped with in the config. */
export const COLUMN_USES = ['created_at', 'text', 'user_id', 'id', 'brand', 'time'] as const;
export type ColumnUse = (typeof COLUMN_USES)[number];

/**
 * The names that exports use, letters and digits only, the preferred first: a file may hold several that would do.
 * - text: the full text before a shortened one, a body before a headline.
 * - user_id: a number before a handle before a display name, which people change and share.
 * - id: a post's own before `id`, which some tools use to number rows, and before `post_id`, which in an export of comments is
 *   the post that they are under.
 * - time: the time of day, where the date has a column of its own without one.
 */
const NAMES: Readonly<Record<ColumnUse, string>> = {
  created_at: `createdat createddate createdtime creationdate creationtime datecreated tweetcreatedat publishedat publisheddate
    publishedtime publishdate publishtime publicationdate published postedat posteddate postedtime postdate posttime posted
    tweetdate messagedate timestamp datetime dateandtime date time created`,
  text: `fulltext text extendedtweetfulltext tweettext posttext messagetext commenttext content postcontent message postmessage
    body tweet caption hitsentence openingtext snippet comment post description headline title`,
  user_id: `useridstr userid authoridstr authorid xauthorid twitterauthorid fromid fromuserid senderid userscreenname screenname
    authorscreenname userusername authorusername handle userhandle authorhandle twitterscreenname username user author
    authorname fromuser from sender influencer`,
  id: `tweetidstr tweetid statusid idstr commentid messageid mentionid id postid documentid resourceid guid`,
  brand: 'brand brandname',
  time: 'time timeofday posttime postedtime publishtime publishedtime createdtime creationtime tweettime messagetime',
};

const PREFERENCES: Readonly<Record<ColumnUse, readonly string[]>> = {
  created_at: NAMES.created_at.split(/\s+/),
  text: NAMES.text.split(/\s+/),
  user_id: NAMES.user_id.split(/\s+/),
  id: NAMES.id.split(/\s+/),
  brand: NAMES.brand.split(/\s+/),
  time: NAMES.time.split(/\s+/),
};

/** Columns that the config names itself. */
export type ColumnMapping = { readonly [use in ColumnUse]?: string | undefined };

/** A column's name without what tools write differently: case, blanks, underscores, quotes, `(UTC)` at the end. */
function plainName(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/(?:\([^()]*\)|\[[^[\]]*\])\s*$/, '')
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

/** For each use the columns that could serve it, the preferred first. Indices into the header; a column serves one use. */
export function candidates(header: readonly string[], mapping: ColumnMapping = {}): Record<ColumnUse, number[]> {
  const plain = header.map((name) =>
    endsInUtc(name) ? plainName(name).replace(/(?<=.)(?:utc|gmt)$/, '') : plainName(name),
  );
  const found: Record<ColumnUse, number[]> = { created_at: [], text: [], user_id: [], id: [], brand: [], time: [] };
  const mapped = new Set<number>();
  for (const use of COLUMN_USES) {
    const name = mapping[use];
    if (name === undefined) continue;
    const index = indexOfName(header, name);
    if (index >= 0) found[use].push(index);
    mapped.add(index);
  }
  for (const use of COLUMN_USES) {
    if (mapping[use] !== undefined) continue;
    for (const name of PREFERENCES[use])
      for (const [index, given] of plain.entries()) if (given === name && !mapped.has(index)) found[use].push(index);
  }
  const [date = -1] = found.created_at;
  if (mapping.time === undefined && !namesDay(plain[date] ?? '')) found.time = [];
  found.created_at = found.created_at.filter((index) => index !== found.time[0]);
  return found;
}

/** Whether a column's name is that of a date beside which a time may stand. */
function namesDay(plain: string): boolean {
  return plain.includes('date') && !plain.includes('time');
}

function indexOfName(header: readonly string[], name: string): number {
  const exact = header.findIndex((given) => given.trim() === name.trim());
  return exact >= 0
    ? exact
    : header.findIndex((given) => plainName(given) === plainName(name) && plainName(name) !== '');
}
