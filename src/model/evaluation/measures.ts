import { type BootstrapOptions, type Interval, intervalOf, LEAST_ROWS, resampled } from './bootstrap.ts';
import {
  type ClassFigureName,
  countsOf,
  type Meter,
  meterOf,
  OF_CLASS,
  OVERALL,
  type OverallName,
  placeOf,
} from './meter.ts';
import type { Confusion } from './metrics.ts';
import type { Sample } from './sample.ts';

/** A figure; null where it has no meaning, as a ROC-AUC of rows of one class. */
type Figure = number | null;

/** What a model reaches on a sample, with a 95 % interval of each figure under the same name. */
export interface Measures extends Record<Exclude<OverallName, 'accuracy' | 'macro_recall'>, Figure> {
  readonly rows: number;
  readonly accuracy: number;
  readonly macro_recall: number;
  /** `support` is the number of rows that are of the class. */
  readonly per_class: Readonly<Record<string, Record<ClassFigureName, Figure> & { readonly support: number }>>;
  readonly confusion: Confusion;
  readonly intervals: Intervals;
}

interface Intervals extends Record<OverallName, Interval> {
  readonly per_class: Readonly<Record<string, Record<ClassFigureName, Interval>>>;
}

/** Measures a sample. Fewer than 30 rows get figures without intervals. Errors: E_INTERRUPTED. */
export async function measuresOf(sample: Sample, options: BootstrapOptions): Promise<Measures> {
  const meter = meterOf(sample);
  return measuresFrom(sample, meter(onceEach(sample.rows)), await draw(sample.rows, meter, options));
}

/** Weights that count each row once. */
export function onceEach(rows: number): Uint16Array {
  return new Uint16Array(rows).fill(1);
}

/** Resampled figures; none where the rows are too few for intervals. */
export async function draw(rows: number, meter: Meter, options: BootstrapOptions): Promise<Float64Array[]> {
  return rows < LEAST_ROWS ? [] : resampled(rows, meter, options);
}

/** Puts names to a meter's figures, and to what it gave for resamples. */
export function measuresFrom(sample: Sample, figures: Float64Array, draws: readonly Float64Array[]): Measures {
  const confusion = countsOf(sample);
  const figure = (place: number): Figure => finite(figures[place]);
  return {
    rows: sample.rows,
    ...overall(figure),
    accuracy: figure(placeOf('accuracy')) ?? 0,
    macro_recall: figure(placeOf('macro_recall')) ?? 0,
    per_class: Object.fromEntries(
      sample.classes.map((name, place) => [
        name,
        {
          ...ofClass((figureName) => figure(placeOf(figureName, place))),
          support: confusion.matrix[place]?.reduce((sum, count) => sum + count, 0) ?? 0,
        },
      ]),
    ),
    confusion,
    intervals: intervalsOf(sample, draws, figures),
  };
}

function intervalsOf(sample: Sample, draws: readonly Float64Array[], figures: Float64Array): Intervals {
  const of = (place: number, around?: number) => intervalOf(draws[place], around);
  return {
    ...overall((place) => of(place, place === placeOf('ece') ? figures[place] : undefined)),
    per_class: Object.fromEntries(
      sample.classes.map((name, place) => [name, ofClass((figureName) => of(placeOf(figureName, place)))]),
    ),
  };
}

/** A record of all figures that are about all classes, by what is told of each one's place. */
export function overall<Value>(value: (place: number) => Value): Record<OverallName, Value> {
  return Object.fromEntries(OVERALL.map((name) => [name, value(placeOf(name))])) as Record<OverallName, Value>;
}

function ofClass<Value>(value: (name: ClassFigureName) => Value): Record<ClassFigureName, Value> {
  return Object.fromEntries(OF_CLASS.map((name) => [name, value(name)])) as Record<ClassFigureName, Value>;
}

export function finite(value: number | undefined): Figure {
  return value === undefined || Number.isNaN(value) ? null : value;
}
