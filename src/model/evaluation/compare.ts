import { modelLabel } from '../pinned.ts';
import { identityOf } from '../spec.ts';
import { type BootstrapOptions, type Interval, intervalOf } from './bootstrap.ts';
import { DEFAULT_BOOTSTRAP, type EvaluateOptions } from './evaluate.ts';
import { mcNemar } from './mcnemar.ts';
import { draw, finite, type Measures, measuresFrom, onceEach, overall } from './measures.ts';
import { type Meter, meterOf, type OverallName } from './meter.ts';
import { byGroup } from './parts.ts';
import { classesAsked, type Sample, sampleOf, selected } from './sample.ts';
import { type LabelledData, type ModelAtWork, scoreLabelled } from './scored-rows.ts';

/** Below this, a split of the rows that only one model gets right is taken for more than chance. */
const SIGNIFICANCE = 0.05;

/** B less A. The interval is of the difference on the same rows, which is narrower than the two intervals suggest. */
interface Difference {
  readonly value: number | null;
  readonly interval: Interval;
}

/** Rows by who is right, and McNemar's exact p of the two kinds that tell the models apart. */
interface Agreement {
  readonly both_right: number;
  readonly only_a: number;
  readonly only_b: number;
  readonly both_wrong: number;
  readonly p: number;
}

/** Two models on the same rows. */
export interface PairMeasures {
  readonly rows: number;
  readonly a: Measures;
  readonly b: Measures;
  readonly difference: Readonly<Record<OverallName, Difference>>;
  readonly mcnemar: Agreement;
}

/** Which model is right more often, when that is more than chance. */
export function betterOf({ only_a, only_b, p }: Agreement): 'a' | 'b' | null {
  if (p >= SIGNIFICANCE) return null;
  return only_a > only_b ? 'a' : 'b';
}

export interface ModelComparison extends PairMeasures {
  readonly models: { readonly a: string; readonly b: string };
  readonly skipped: Readonly<Record<string, number>>;
  readonly groups: {
    readonly by: string;
    readonly parts: readonly (PairMeasures & { readonly name: string })[];
    readonly more: number;
  } | null;
}

export interface CompareOptions extends LabelledData {
  readonly a: ModelAtWork;
  readonly b: ModelAtWork;
  readonly bootstrap?: EvaluateOptions['bootstrap'];
}

/**
 * Measures two models on the rows that both have a class for; see evaluateModel for what is asked of models and labels
 * with different classes. Errors: as evaluateModel.
 */
export async function compareModels(options: CompareOptions): Promise<ModelComparison> {
  const { a, b, signal, progress, columns } = options;
  const { labels, shared, groups, skipped, scores } = await scoreLabelled([a, b], options);
  const classes = classesAsked(shared, labels);
  const [sampleA, sampleB] = [a, b].map(({ model }, index) =>
    sampleOf(model, classes, labels, scores[index] ?? new Float64Array()),
  ) as [Sample, Sample];
  const bootstrap = { ...DEFAULT_BOOTSTRAP, ...options.bootstrap, signal };
  const grouped = groups === undefined ? undefined : byGroup(groups);
  progress.start('resample', 1 + (grouped?.parts.length ?? 0));
  try {
    const all = await pairMeasures(sampleA, sampleB, bootstrap);
    progress.advance(1);
    const parts: (PairMeasures & { name: string })[] = [];
    for (const { name, places } of grouped?.parts ?? []) {
      parts.push({ name, ...(await pairMeasures(selected(sampleA, places), selected(sampleB, places), bootstrap)) });
      progress.advance(1);
    }
    return {
      models: { a: labelOf(a), b: labelOf(b) },
      skipped,
      ...all,
      groups: grouped === undefined ? null : { by: columns?.group ?? '', parts, more: grouped.more },
    };
  } finally {
    progress.finish();
  }
}

/** As models are called in the database, so that two of one name are told apart. */
function labelOf({ model: { spec } }: ModelAtWork): string {
  return modelLabel({ name: spec.name, sha256: identityOf(spec).modelSha256 });
}

/** Both are measured on the same resamples, so that what the rows do to both cancels in the difference. */
async function pairMeasures(a: Sample, b: Sample, bootstrap: BootstrapOptions): Promise<PairMeasures> {
  const [meterA, meterB] = [meterOf(a), meterOf(b)];
  const both: Meter = (weights) => Float64Array.from([...meterA(weights), ...meterB(weights)]);
  const figures = both(onceEach(a.rows));
  const draws = await draw(a.rows, both, bootstrap);
  const width = figures.length / 2;
  const difference = overall((place) => ({
    value: finite((figures[width + place] ?? Number.NaN) - (figures[place] ?? Number.NaN)),
    interval: intervalOf(draws[width + place]?.map((value, sample) => value - (draws[place]?.[sample] ?? Number.NaN))),
  }));
  return {
    rows: a.rows,
    a: measuresFrom(a, figures.subarray(0, width), draws.slice(0, width)),
    b: measuresFrom(b, figures.subarray(width), draws.slice(width)),
    difference,
    mcnemar: agreementOf(a, b),
  };
}

function agreementOf(a: Sample, b: Sample): Agreement {
  const counts = [0, 0, 0, 0];
  for (const [row, truth] of a.actual.entries()) {
    const at = (a.predicted[row] === truth ? 2 : 0) + (b.predicted[row] === truth ? 1 : 0);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  const [both_wrong = 0, only_b = 0, only_a = 0, both_right = 0] = counts;
  return { both_right, only_a, only_b, both_wrong, p: mcNemar(only_a, only_b) };
}
