import { describe, expect, it } from 'vitest';
import { copyHash } from '../../src/ingest/copies.ts';

describe('copies', () => {
  it.each([
    ['Acme is late again', 'RT @bert: Acme is late again'],
    ['Acme is late again', '@acme acme IS late, again! https://t.co/x1'],
    ['😡😡', '😡😡'],
  ])('%j and %j are copies', (a, b) => {
    expect(copyHash(a)).toEqual(copyHash(b));
  });

  it.each([
    ['Acme is late again', 'Acme is not late again'],
    ['😡', '😀'],
    ['https://t.co/a', 'https://t.co/b'],
    ['artist', 'ist'],
  ])('%j and %j are not', (a, b) => {
    expect(copyHash(a)).not.toEqual(copyHash(b));
  });
});
