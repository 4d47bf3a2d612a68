import type { RevisedDecision } from '../db/alerts.ts';
import type { DayLevel } from '../db/backfill.ts';
import type { BrandRow } from '../db/brands.ts';
import { PPM } from '../src/aggregate/day-stats.ts';
import type { StepInputs } from '../src/alerts/step.ts';
import { formatDay } from '../src/calendar.ts';

/** A day's own figures, before smoothing. */
interface Level {
  posts: number;
  mean_pos: number;
  positive_rate: number;
}

/** A brand's day whose figures are others than before; null where there were or are none. */
export interface FigureChange {
  brand: string;
  day: string;
  before: Level | null;
  after: Level | null;
}

/** How many brand-days got their first figures, other figures, or lost theirs; and the days that moved most. */
export interface FigureChanges {
  added: number;
  changed: number;
  removed: number;
  largest: FigureChange[];
}

/** Days that are shown one by one. */
const SHOWN = 10;

/** What became of brand-days: those of `before` against those of `after`. Days whose figures stayed are not counted. */
export function figureChanges(
  before: readonly DayLevel[],
  after: readonly DayLevel[],
  brands: readonly BrandRow[],
): FigureChanges {
  const slugs = new Map(brands.map(({ brandId, slug }) => [brandId, slug]));
  const keyOf = ({ brandId, day }: DayLevel) => `${brandId}/${day}`;
  const earlier = new Map(before.map((level) => [keyOf(level), level]));
  const changes: FigureChanges = { added: 0, changed: 0, removed: 0, largest: [] };
  const moved: (FigureChange & { size: number })[] = [];
  const add = (level: DayLevel, old: Level | null, now: Level | null) => {
    const size = old && now ? Math.abs(now.mean_pos - old.mean_pos) : 0;
    const brand = slugs.get(level.brandId) ?? String(level.brandId);
    moved.push({ brand, day: formatDay(level.day), before: old, after: now, size });
  };
  for (const level of after) {
    const old = earlier.get(keyOf(level));
    earlier.delete(keyOf(level));
    if (!old) changes.added += 1;
    else if (old.n !== level.n || old.nPositive !== level.nPositive || old.sumScore !== level.sumScore) {
      changes.changed += 1;
      add(level, levelOf(old), levelOf(level));
    }
  }
  for (const level of earlier.values()) {
    changes.removed += 1;
    add(level, levelOf(level), null);
  }
  moved.sort((a, b) => b.size - a.size || (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));
  changes.largest = moved.slice(0, SHOWN).map(({ size: _, ...change }) => change);
  return changes;
}

function levelOf({ n, nPositive, sumScore }: DayLevel): Level {
  return { posts: n, mean_pos: sumScore / n / PPM, positive_rate: nPositive / n };
}

/** A decision that came out otherwise when it was made again. */
export interface AlertRevision {
  rule: string;
  day: string;
  before: { state: string; reason: string; value: number | null };
  after: { state: string; reason: string; value: number | null };
}

/** Decisions that were made again: how many, in how many of them the state is another, and these. */
export interface AlertRevisions {
  decisions: number;
  states: number;
  shown: AlertRevision[];
}

/** At most so many changed states are kept one by one in the record of a run. */
const MOST_REVISIONS = 100;

export function alertRevisions(revised: readonly RevisedDecision[]): AlertRevisions {
  const real = revised.filter(
    ({ before, after }) =>
      before.to_state !== after.to_state || before.reason !== after.reason || before.inputs !== after.inputs,
  );
  const states = real.filter(({ before, after }) => before.to_state !== after.to_state);
  return {
    decisions: real.length,
    states: states.length,
    shown: states.slice(0, MOST_REVISIONS).map(({ before, after }) => ({
      rule: after.rule_id,
      day: formatDay(after.day),
      before: standing(before),
      after: standing(after),
    })),
  };
}

function standing({ to_state: state, reason, inputs }: RevisedDecision['before']): AlertRevision['before'] {
  return { state, reason, value: (JSON.parse(inputs) as StepInputs).value };
}
