import { hash16 } from './identity.ts';

/** A text without what copies of it differ in: links, mentions, the mark of a retweet, case and punctuation. */
export function essenceOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/https?:\/\/\S+|@\w+/g, ' ')
    .replace(/^\s*rt\b/, ' ')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** What texts that are copies of one another share. A text of nothing but emoji or links is a copy only of its like. */
export function copyHash(body: string): Buffer {
  return hash16(essenceOf(body) || body.toLowerCase());
}
