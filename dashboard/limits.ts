/** What a request may bring. */
export const LIMITS = {
  /** Bytes of a body. */
  bodyBytes: 5_000_000,
  /** Texts of a request, or rows of a file. */
  texts: 10_000,
  /** Characters of a text; more than any post has, and the network reads its beginning anyway. */
  characters: 20_000,
  explainedCharacters: 5_000,
  /** Posts, runs and so on of an answer. */
  page: 500,
} as const;
