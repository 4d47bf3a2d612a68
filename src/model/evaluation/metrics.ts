/** Rows by true class and predicted class, both in the order of `labels`. */
export interface Confusion {
  readonly labels: readonly string[];
  /** matrix[true][predicted] */
  readonly matrix: readonly (readonly number[])[];
}

interface ClassFigures {
  /** Share of the predicted that are right; 0 when none was predicted, as scikit-learn has it. */
  readonly precision: number;
  /** Share of the true that were found. */
  readonly recall: number;
  readonly f1: number;
  /** Rows that are of this class. */
  readonly support: number;
}

export interface Figures {
  readonly rows: number;
  readonly accuracy: number;
  /** Means over the classes that occur among the true labels. */
  readonly macro_precision: number;
  readonly macro_recall: number;
  readonly macro_f1: number;
  readonly per_class: Readonly<Record<string, ClassFigures>>;
  readonly confusion: Confusion;
}

/** Counts pairs of true and predicted class, given by their places among the labels. */
export class ConfusionCounter {
  readonly #labels: readonly string[];
  readonly #counts: number[][];

  constructor(labels: readonly string[]) {
    this.#labels = labels;
    this.#counts = labels.map(() => labels.map(() => 0));
  }

  add(actual: number, predicted: number): void {
    const row = this.#counts[actual];
    if (row?.[predicted] === undefined) throw new Error(`no class ${actual} or ${predicted}`);
    row[predicted] += 1;
  }

  figures(): Figures {
    return figuresOf({ labels: this.#labels, matrix: this.#counts });
  }
}

/** Accuracy, and precision, recall and F1 by class, of a confusion matrix. All are 0 where there is nothing to divide by. */
export function figuresOf(confusion: Confusion): Figures {
  const { labels, matrix } = confusion;
  const at = (actual: number, predicted: number) => matrix[actual]?.[predicted] ?? 0;
  const sum = (value: (index: number) => number) => labels.reduce((total, _, index) => total + value(index), 0);
  const classes = labels.map((label, index) => {
    const hits = at(index, index);
    const support = sum((other) => at(index, other));
    const predicted = sum((actual) => at(actual, index));
    const f1 = share(2 * hits, support + predicted);
    return { label, figures: { precision: share(hits, predicted), recall: share(hits, support), f1, support } };
  });
  const rows = classes.reduce((total, { figures }) => total + figures.support, 0);
  const present = classes.filter(({ figures }) => figures.support > 0);
  const mean = (value: (figures: ClassFigures) => number) =>
    share(
      present.reduce((total, { figures }) => total + value(figures), 0),
      present.length,
    );
  return {
    rows,
    accuracy: share(
      sum((index) => at(index, index)),
      rows,
    ),
    macro_precision: mean(({ precision }) => precision),
    macro_recall: mean(({ recall }) => recall),
    macro_f1: mean(({ f1 }) => f1),
    per_class: Object.fromEntries(classes.map(({ label, figures }) => [label, figures])),
    confusion,
  };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
