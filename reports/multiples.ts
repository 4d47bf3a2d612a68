import { measure } from './format.ts';
import { html, type Markup, raw } from './html.ts';
import { type BrandReport, firingSpans, metricOf, type SeriesContext, seriesOf } from './model.ts';
import { THEMED } from './palette.ts';
import { dayRange, scoreRange, scoreTicks } from './scales.ts';
import { tenth } from './svg.ts';

const [WIDTH, HEIGHT] = [160, 64];
const [LEFT, EDGE] = [27, 4];

/** Every brand's last 30 days in a small chart, all on one scale of scores and one of days, so that they compare at a glance. */
export function multiples(
  brands: readonly BrandReport[],
  context: SeriesContext,
  hrefOf: (slug: string) => string = (slug) => `#${slug}`,
): Markup {
  const [from, to] = dayRange([], context.newestDay, 30);
  const first = Math.min(from, ...brands.map(({ figures }) => dayRange(figures, context.newestDay, 30)[0]));
  const days = [first, to] as const;
  const shown = brands.map((brand) => ({
    brand,
    points: seriesOf(brand).filter(({ day }) => day >= first && day <= to),
  }));
  const scores = scoreRange(
    shown.flatMap(({ points }) => points),
    brands.flatMap(({ threshold }) => threshold?.below ?? []),
  );
  const ticks = scoreTicks(scores, 5);
  return html`<div class="multiples${brands.length <= 4 ? ' few' : ''}" aria-label="All brands on one scale" role="group">
${shown.map(({ brand, points }) => {
  const last = points.findLast(({ smoothed }) => smoothed !== null)?.smoothed;
  return html`<a href="${hrefOf(brand.slug)}"${brand.state === 'firing' ? raw(' class="alerting"') : undefined}><span>${brand.name}</span> <b>${last ? measure(last.value, metricOf(brand)) : '–'}</b>
${raw(picture(brand, points, { days, scores, ticks }))}</a>
`;
})}</div>`;
}

interface Scales {
  readonly days: readonly [number, number];
  readonly scores: readonly [number, number];
  readonly ticks: readonly number[];
}

function picture(brand: BrandReport, points: ReturnType<typeof seriesOf>, { days, scores, ticks }: Scales): string {
  const [low, high] = scores;
  const step = (WIDTH - LEFT - EDGE) / (days[1] - days[0] + 1);
  const x = (day: number): number => LEFT + (day - days[0] + 0.5) * step;
  const y = (score: number): number => HEIGHT - EDGE - ((score - low) / (high - low)) * (HEIGHT - 2 * EDGE);
  const spans = firingSpans(brand).filter((span) => span.to >= days[0] && span.from <= days[1]);
  const firing = spans.map((span) => {
    const [start, end] = [Math.max(span.from, days[0]) - 0.5, Math.min(span.to, days[1]) + 0.5];
    return `M${tenth(x(start))},0h${tenth((end - start) * step)}v${HEIGHT}H${tenth(x(start))}z`;
  });
  let before: number | undefined;
  let line = '';
  for (const { day, smoothed } of points) {
    if (smoothed === null) continue;
    line += `${before === day - 1 ? 'L' : 'M'}${tenth(x(day))},${tenth(y(smoothed.value))}`;
    before = day;
  }
  const dots = points.map(({ day, daily }) => `M${tenth(x(day))},${tenth(y(daily.value))}h0`).join('');
  const limit = brand.threshold?.below;
  return [
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true" font-size="8" fill="none">`,
    firing.length === 0 ? '' : `<path d="${firing.join('')}" fill="${THEMED.firing}"/>`,
    `<path d="${ticks.map((tick) => `M${LEFT},${tenth(y(tick))}H${WIDTH}`).join('')}" stroke="${THEMED.grid}"/>`,
    ...ticks.map(
      (tick) =>
        `<text x="${LEFT - 3}" y="${tenth(y(tick) + 3)}" text-anchor="end" fill="${THEMED.muted}">${measure(tick, metricOf(brand), 2)}</text>`,
    ),
    limit === undefined
      ? ''
      : `<path d="M${LEFT},${tenth(y(limit))}H${WIDTH}" stroke="${THEMED.threshold}" stroke-dasharray="3 3" stroke-width=".8"/>`,
    `<path d="${dots}" stroke="${THEMED.daily}" stroke-width="2" stroke-linecap="round"/>`,
    `<path d="${line}" stroke="${THEMED.smoothed}" stroke-width="1.5" stroke-linejoin="round" stroke-linecap="round"/>`,
    '</svg>',
  ].join('');
}
