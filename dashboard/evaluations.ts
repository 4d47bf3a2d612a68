import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../src/config/schema.ts';
import type { Evaluation } from '../src/model/evaluation/evaluate.ts';

/** An evaluation that was kept for the dashboard: what `monitor model evaluate --json` printed. */
export interface KeptEvaluation {
  /** The file's name without `.json`. */
  readonly name: string;
  readonly evaluation: Evaluation;
}

/** Where evaluations are kept. */
function evaluationsFolder({ data_dir }: Pick<Config, 'data_dir'>): string {
  return join(data_dir, 'evaluations');
}

const MOST_BYTES = 20_000_000;

/** Every evaluation of the folder by name; other files are left out, and told of. */
export async function keptEvaluations(
  config: Pick<Config, 'data_dir'>,
): Promise<{ kept: KeptEvaluation[]; unreadable: string[] }> {
  const folder = evaluationsFolder(config);
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json')).sort();
  const kept: KeptEvaluation[] = [];
  const unreadable: string[] = [];
  for (const file of names) {
    const evaluation = await readEvaluation(join(folder, file));
    if (evaluation) kept.push({ name: file.slice(0, -'.json'.length), evaluation });
    else unreadable.push(file);
  }
  return { kept, unreadable };
}

async function readEvaluation(path: string): Promise<Evaluation | undefined> {
  try {
    if ((await stat(path)).size > MOST_BYTES) return undefined;
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isEvaluation(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether it has the parts that a page needs: a file of this program has all of the others, too. */
function isEvaluation(value: unknown): value is Evaluation {
  const { model, rows, macro_recall, confusion, reliability, lengths } = Object(value) as Record<string, unknown>;
  return (
    typeof model === 'string' &&
    typeof rows === 'number' &&
    typeof macro_recall === 'number' &&
    Array.isArray(Object(confusion).matrix) &&
    Array.isArray(reliability) &&
    Array.isArray(lengths)
  );
}
