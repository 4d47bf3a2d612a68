import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chartSvg } from '../../reports/chart.ts';
import { placeEvents, stripHeight } from '../../reports/events.ts';
import { overviewSvg } from '../../reports/overview.ts';
import { pageHtml } from '../../reports/page.ts';
import { noteOf } from '../../src/alerts/words.ts';
import { brandReport, CONTEXT, NEWEST } from './world.ts';

const STRIP = { width: 600, margin: { left: 42, right: 50 }, days: [NEWEST - 29, NEWEST] as const };

describe('events in a chart', () => {
  it('never overlap and stay within the picture', () => {
    const event = fc.record({ day: fc.integer({ min: NEWEST - 29, max: NEWEST }), text: fc.string({ minLength: 1 }) });
    fc.assert(
      fc.property(fc.uniqueArray(event, { selector: ({ day }) => day, maxLength: 30 }), (events) => {
        const labels = placeEvents(
          [...events].sort((a, b) => a.day - b.day),
          STRIP,
        );
        for (const label of labels) {
          expect(label.from).toBeGreaterThanOrEqual(0);
          expect(label.to).toBeLessThanOrEqual(STRIP.width);
          for (const other of labels)
            if (other !== label && other.lane === label.lane)
              expect(other.to < label.from || label.to < other.from).toBe(true);
        }
        expect(stripHeight(labels)).toBeLessThanOrEqual(72);
      }),
    );
  });

  it('are escaped wherever they are shown', () => {
    const text = '<script>alert("x")</script> & more';
    const brand = { ...brandReport({ slug: 'acme' }), events: [{ day: NEWEST - 4, text }] };
    const shown = [chartSvg(brand, CONTEXT), overviewSvg([brand], CONTEXT), pageHtml([brand], CONTEXT)];
    for (const markup of shown) expect(markup).not.toContain('<script');
    expect(shown[0]).toContain('&lt;script&gt;');
    expect(shown[2]).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; more');
  });

  it('outside the days of a chart change nothing', () => {
    const brand = brandReport({ slug: 'acme' });
    const events = [
      { day: NEWEST - 30, text: 'before' },
      { day: NEWEST + 1, text: 'after' },
    ];
    expect(chartSvg({ ...brand, events }, CONTEXT)).toBe(chartSvg(brand, CONTEXT));
  });
});

describe('the words of an event', () => {
  it('are one line of at most 120 characters', () => {
    expect(noteOf('  App 5.0\r\nBcc: x\u202e released ')).toBe('App 5.0 Bcc: x released');
    expect(noteOf('😀'.repeat(120))).toHaveLength(240);
    expect(() => noteOf('x'.repeat(121))).toThrow(/121 characters/);
    expect(() => noteOf(' \n ')).toThrow(/no words/);
  });
});
