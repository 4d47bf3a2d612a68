import { type Day, formatDay } from '../src/calendar.ts';
import { brandReports, type FiguresSource } from './brand-reports.ts';

/** Where a brand stands, in a line. */
export interface BrandLine {
  brand: string;
  name: string;
  day: string;
  posts: number;
  positive_rate: number;
  mean_pos: number;
  ma3: number | null;
  /** null for a brand without alerts. */
  state: 'firing' | 'inactive' | null;
}

/** Where each brand stands on its newest day up to the given one. */
export async function brandLines(source: FiguresSource, newestDay: Day): Promise<BrandLine[]> {
  const lines: BrandLine[] = [];
  for (const report of await brandReports(source, newestDay)) {
    const newest = report.figures.at(-1);
    if (!newest) continue;
    lines.push({
      brand: report.slug,
      name: report.name,
      day: formatDay(newest.day),
      posts: newest.total,
      positive_rate: newest.positiveRate.value,
      mean_pos: newest.meanPos.value,
      ma3: newest.ma3?.value ?? null,
      state: report.state,
    });
  }
  return lines;
}
