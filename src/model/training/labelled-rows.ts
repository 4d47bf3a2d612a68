import type { Sentiment } from '../../sentiment.ts';
import { readTextRows, type TeacherProbabilities, type TextColumns } from './text-rows.ts';

/** A text as it stands in the file, and its class, with a teacher's probabilities where the file has them; or why it has none. */
export type LabelledRow =
  | {
      readonly text: string;
      readonly label: Sentiment;
      readonly probabilities?: TeacherProbabilities | undefined;
      /** What the group column says, where one was asked for and the row has it. */
      readonly group?: string | undefined;
    }
  | { readonly skipped: string };

/** Labels that need no mapping. */
export const USUAL_LABELS: Readonly<Record<string, Sentiment>> = {
  negative: 'negative',
  neutral: 'neutral',
  positive: 'positive',
  neg: 'negative',
  pos: 'positive',
  '0': 'negative',
  '1': 'positive',
};

/** The class of a label by the map, whose keys are in small letters; or why there is none. */
export function classOf(
  labels: ReadonlyMap<string, Sentiment>,
  label: string,
): Sentiment | { readonly skipped: string } {
  const known = labels.get(label.trim().toLowerCase());
  if (known !== undefined) return known;
  return { skipped: label.trim() === '' ? 'no label' : `label "${label.trim().slice(0, 40)}"` };
}

/**
 * The rows of a file as `readTextRows` gives them, with their classes. A row with an empty text or a label that is not in the
 * map is told as skipped, with the reason. `onRead` hears how many bytes of the file were read. Errors: readTextRows's.
 */
export async function* readLabelled(
  file: string,
  columns: TextColumns = { text: 'text', label: 'label' },
  labels: Readonly<Record<string, Sentiment>> = USUAL_LABELS,
  onRead: (bytes: number) => void = () => undefined,
): AsyncGenerator<LabelledRow[]> {
  const classes = new Map(Object.entries(labels));
  for await (const rows of readTextRows(file, { columns, onRead }))
    yield rows.map((row) => {
      if ('skipped' in row) return row;
      const { text, probabilities, group } = row;
      const label = classOf(classes, row.label);
      if (typeof label === 'object') return label;
      if (text.trim() === '') return { skipped: 'no text' };
      return { text, label, probabilities, ...(group === undefined ? {} : { group }) };
    });
}
