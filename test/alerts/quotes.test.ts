import { describe, expect, it } from 'vitest';
import type { QuotedPost } from '../../db/posts.ts';
import { pickQuotes } from '../../src/alerts/quotes.ts';

function post(postId: number, userId: string | null, text: string): QuotedPost {
  return { postId, atMs: 0, day: 0, userId, text, score: postId / 100 };
}

describe('pickQuotes', () => {
  it('takes distinct texts', () => {
    const picked = pickQuotes([
      post(1, 'a', 'Worst airline ever'),
      post(2, 'b', 'RT @a: worst airline ever!! https://t.co/x'),
      post(3, 'c', 'Lost my bag'),
    ]);
    expect(picked.map(({ postId }) => postId)).toEqual([1, 3]);
  });

  it('takes one an author as far as there are authors enough, lowest first', () => {
    const rant = [1, 2, 3, 4].map((id) => post(id, 'angry', `Complaint ${id}`));
    const others = [5, 6, 7].map((id) => post(id, `user${id}`, `Sadness ${id}`));
    expect(pickQuotes([...rant, ...others]).map(({ postId }) => postId)).toEqual([1, 2, 5, 6, 7]);
  });

  it('takes posts without author as by different people, and keeps emoji apart', () => {
    expect(
      pickQuotes([post(1, null, '😡'), post(2, null, '😭'), post(3, null, '😡'), post(4, null, ' ')]),
    ).toHaveLength(2);
  });
});
