import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKeys, hash16 } from '../../src/ingest/identity.ts';

describe('identity', () => {
  const post = { id: null, atMs: 1_539_202_764_000, userId: null, original: 'same words' };

  it('hashes the UTF-8 of a text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(hash16(text)).toEqual(createHash('sha256').update(text, 'utf8').digest().subarray(0, 16));
      }),
    );
  });

  it('is the id where there is one', () => {
    const key = createKeys();
    expect(key({ ...post, id: '900719925474099312' })).toBe('id:900719925474099312');
    expect(key({ ...post, id: '900719925474099312', original: 'corrected' })).toBe('id:900719925474099312');
  });

  it('is a hash of instant, user and text otherwise', () => {
    const key = createKeys();
    const first = key({ ...post, userId: 'anna' });
    expect(first).toMatch(/^h:[\w-]{22}$/);
    expect(key({ ...post, userId: 'anna' })).toBe(first);
    const others = [
      { ...post, userId: 'bert' },
      { ...post, userId: 'anna', atMs: post.atMs + 1 },
      { ...post, userId: 'anna', original: 'same words ' },
    ].map(key);
    expect(new Set([first, ...others]).size).toBe(4);
  });

  it('stays what it is from one release to the next, so that no post is stored twice', () => {
    const hash = (text: string) => createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url');
    const key = createKeys();
    expect(key({ ...post, userId: 'anna' })).toBe(`h:${hash('1539202764000\0anna\0same words')}`);
    expect(key(post)).toBe(`h:${hash('1539202764000\0\0same words')}:1`);
  });

  it('counts identical posts of unknown users', () => {
    const key = createKeys();
    const keys = [key(post), key({ ...post, original: 'other' }), key(post), key(post)];
    expect(keys.map((k) => k.slice(-2))).toEqual([':1', ':1', ':2', ':3']);
    expect(new Set(keys).size).toBe(4);
    expect(createKeys()(post)).toBe(keys[0]);
  });
});
