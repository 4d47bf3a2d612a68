/** The languages that can be told apart, as ISO 639-1 codes. */
export const LANGUAGES =
  'am ar az be bg bn ca cs da de el en es et eu fa fi fr gu he hi hr hu hy is it ja ka kn ko ku lo lt lv ml mr ms nl no or pa pl pt ro ru sk sl sq sr sv ta te th tl tr uk ur vi yo zh'.split(
    ' ',
  );

/** The language of a cleaned text when it is another one than the posts that count are in; null when the post counts. */
export type LanguageFilter = (text: string) => string | null;

/** Posts of each language in words, the most first: `Spanish 12, French 3`. */
export function languageList(posts: Readonly<Record<string, number>>): string {
  const names = new Intl.DisplayNames(['en'], { type: 'language' });
  const most = Object.entries(posts).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return most.map(([code, count]) => `${names.of(code) ?? code} ${count.toLocaleString('en-US')}`).join(', ');
}

/** What says nothing about a text's language: links, mentions, hashtags. */
const MARKS = /https?:\/\/\S+|www\.\S+|[@#][\p{L}\p{M}\p{N}_]+/gu;
const NO_WORDS = /[^\p{L}\p{M}'’]+/gu;

/**
 * By so much must another language's score (0 to 1) be above the wanted one's. Names, slang and a foreign word or two move an
 * English tweet's scores by less.
 */
const CLEARLY = 0.05;

/**
 * A filter that lets a post count unless its text is certainly in another language. Short texts, those of nothing but emoji,
 * links and names, and those that could be either count. Without a language everything counts, and nothing is loaded.
 */
export async function openLanguageFilter(language: string | undefined): Promise<LanguageFilter> {
  if (language === undefined) return () => null;
  // The detector's table takes a second and 60 MB.
  const { eld } = await import('eld/small');
  return (text) => {
    const words = text.replace(MARKS, ' ').replace(NO_WORDS, ' ').trim();
    const found = eld.detect(words);
    if (found.language === language || !found.isReliable()) return null;
    const scores = found.getScores();
    return (scores[found.language] ?? 0) - (scores[language] ?? 0) < CLEARLY ? null : found.language;
  };
}
