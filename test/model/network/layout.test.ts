import fc from 'fast-check';
import { expect, it } from 'vitest';
import { layoutOf } from '../../../src/model/network/layout.ts';
import { batchOfTexts } from './support.ts';

const texts = fc.array(fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 12 }), {
  minLength: 1,
  maxLength: 8,
});

it('turns texts to steps, and each text around in its own place', () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 12, max: 20 }), fc.boolean(), (all, width, masked) => {
      const { ids, reversed, padding, lengths, batch, steps } = layoutOf(batchOfTexts(all, width), masked);
      expect([steps, batch]).toEqual([width, all.length]);
      for (const [text, words] of all.entries()) {
        const read = [...words, ...new Array<number>(masked ? 0 : width - words.length).fill(0)];
        const rows = read.map((_, step) => step * batch + text);
        expect(lengths[text]).toBe(read.length);
        expect(rows.map((row) => ids[row])).toEqual(read);
        expect(rows.map((row) => ids[reversed[row] ?? -1])).toEqual(read.toReversed());
        expect(rows.every((row) => padding[row] === 0)).toBe(true);
      }
      expect(padding.reduce((sum, isPadding) => sum + isPadding, 0)).toBe(
        width * batch - lengths.reduce((a, b) => a + b, 0),
      );
      expect([...reversed].map((row) => reversed[row])).toEqual([...reversed.keys()]);
    }),
  );
});
