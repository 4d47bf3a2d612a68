import type { BootstrapOptions } from './bootstrap.ts';
import { type Measures, measuresOf } from './measures.ts';
import { byGroup, byLength, type Part } from './parts.ts';
import { precisionRecall, rankingOf } from './ranking.ts';
import { type ReliabilityBin, reliabilityOf } from './reliability.ts';
import { classesAsked, sampleOf, selected } from './sample.ts';
import { type LabelledData, type ModelAtWork, scoreLabelled } from './scored-rows.ts';

export interface EvaluateOptions extends LabelledData, ModelAtWork {
  /** How intervals are drawn: 1,000 times from seed 1 unless told otherwise. */
  readonly bootstrap?: Omit<BootstrapOptions, 'signal'>;
}

/** The measures of some of the rows. */
export interface PartMeasures extends Measures {
  readonly name: string;
}

/** What a model reaches on labelled texts. `rows` are those that were measured. */
export interface Evaluation extends Measures {
  readonly model: string;
  /** Rows that were not measured, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
  /** How sure the model was and how often it was right, by confidence. */
  readonly reliability: readonly ReliabilityBin[];
  /** By class, pairs of recall and precision as the threshold on its probability falls. */
  readonly precision_recall: Readonly<Record<string, readonly (readonly [recall: number, precision: number])[]>>;
  /** By the values of a column, the largest group first; null when the file has no such column. */
  readonly groups: { readonly by: string; readonly parts: readonly PartMeasures[]; readonly more: number } | null;
  /** By the number of words between blanks, shortest first. */
  readonly lengths: readonly PartMeasures[];
}

export const DEFAULT_BOOTSTRAP = { resamples: 1_000, seed: 1 };

/**
 * Scores labelled texts and compares. When model and labels have different classes, what can be compared is:
 * - a three-class model on labels without any neutral is asked for the more probable of negative and positive;
 * - a two-class model can't be asked about neutral texts, which are skipped and counted.
 * Otherwise the class is the one that posts get, by the model's threshold.
 * Errors: readLabelled's, the pool's, E_INPUT when no row can be measured.
 */
export async function evaluateModel(options: EvaluateOptions): Promise<Evaluation> {
  const { model, signal, progress, columns } = options;
  const rows = await scoreLabelled([options], options);
  const { labels, shared, groups, words, skipped, scores } = rows;
  const sample = sampleOf(model, classesAsked(shared, labels), labels, scores[0] ?? new Float64Array());
  const bootstrap = { ...DEFAULT_BOOTSTRAP, ...options.bootstrap, signal };
  const grouped = groups === undefined ? undefined : byGroup(groups);
  const lengths = byLength(words);

  progress.start('resample', 1 + (grouped?.parts.length ?? 0) + lengths.length);
  const measured = async (part: Part): Promise<PartMeasures> => {
    const measures = await measuresOf(selected(sample, part.places), bootstrap);
    progress.advance(1);
    return { name: part.name, ...measures };
  };
  try {
    const measures = await measuresOf(sample, bootstrap);
    progress.advance(1);
    const parts: PartMeasures[] = [];
    for (const part of grouped?.parts ?? []) parts.push(await measured(part));
    const ofLengths: PartMeasures[] = [];
    for (const part of lengths) ofLengths.push(await measured(part));
    return {
      model: model.spec.name,
      skipped,
      ...measures,
      reliability: reliabilityOf(sample),
      precision_recall: Object.fromEntries(
        sample.classes.map((name, place) => [name, precisionRecall(rankingOf(sample, place))]),
      ),
      groups: grouped === undefined ? null : { by: columns?.group ?? '', parts, more: grouped.more },
      lengths: ofLengths,
    };
  } finally {
    progress.finish();
  }
}
