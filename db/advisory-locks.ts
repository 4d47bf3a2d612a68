/** The letters "moni": other programs that share a database use numbers of their own. */
const OURS = 0x6d6f6e69;

/** The advisory locks of this program, by their two keys in PostgreSQL. They are of one database, and end with their connection. */
export const ADVISORY_LOCKS = {
  /** Making the first table. */
  migration: [OURS, 0],
  /** One run at a time. */
  run: [OURS, 1],
  /** One program at a time sends what waits in the outbox. */
  sending: [OURS, 2],
} as const;
