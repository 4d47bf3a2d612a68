import { describe, expect, it } from 'vitest';
import {
  count,
  extraDecimals,
  figureText,
  longDate,
  oneLine,
  shortDate,
  shorten,
  spanOfDays,
} from '../../src/alerts/words.ts';
import { dayOf } from './days.ts';

describe('words', () => {
  it('writes figures, with more decimals where two would look the same', () => {
    expect(figureText('mean_pos', 0.384)).toBe('0.38');
    expect(figureText('positive_rate', 0.384)).toBe('38\u00a0%');
    expect(extraDecimals('mean_pos', 0.38, 0.45)).toBe(0);
    expect(extraDecimals('mean_pos', 0.4496, 0.45)).toBe(2);
    expect(figureText('mean_pos', 0.4496, 2)).toBe('0.4496');
    expect(extraDecimals('positive_rate', 0.4499, 0.45)).toBe(2);
    expect(extraDecimals('mean_pos', 0.45, 0.45)).toBe(0);
    expect(extraDecimals('mean_pos', 0.449999999, 0.45)).toBe(3);
  });

  it('writes dates', () => {
    const day = dayOf('2026-11-02');
    expect(longDate(day)).toBe('2 November 2026');
    expect(shortDate(day)).toBe('Mon 2 Nov');
    expect(spanOfDays(day, day)).toBe('2 November');
    expect(spanOfDays(day - 1, day)).toBe('1–2 November');
    expect(spanOfDays(day - 2, day)).toBe('31 October – 2 November');
  });

  it('counts things', () => {
    expect(count(1, 'post')).toBe('1 post');
    expect(count(1204, 'post')).toBe('1,204 posts');
  });

  it('makes one harmless line of anything', () => {
    expect(oneLine(' a\r\nBcc: x@y\0 \u202eevil\u2028b\ud800 ')).toBe('a Bcc: x@y evil b�');
  });

  it('shortens at a space, and never within a character', () => {
    expect(shorten('short', 10)).toBe('short');
    expect([shorten('exactly 10', 10), shorten('exactly 11!', 10)]).toEqual(['exactly 10', 'exactly…']);
    expect(shorten('one two three four', 12)).toBe('one two…');
    expect(Array.from(shorten('😀'.repeat(400), 280))).toHaveLength(280);
    expect(shorten('x'.repeat(400), 280)).toHaveLength(280);
  });
});
