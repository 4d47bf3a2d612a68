import { listBrands } from '../../db/brands.ts';
import { histogramsOf, inputStatsOf, sampleTexts, saveDrift, saveInputStats } from '../../db/drift.ts';
import type { Day } from '../calendar.ts';
import type { Context } from '../context.ts';
import { throwIfAborted } from '../errors.ts';
import type { Model } from '../model/artifact.ts';
import { tokenizerOfModel } from '../model/tokenizer.ts';
import { UNKNOWN_ID } from '../model/vocabulary.ts';
import { addDays, compareDay, DRIFT_SIGNS, driftText, type InputDay, REFERENCE_DAYS, usualPosts } from './drift.ts';

/** A day's input that is not as usual. */
export interface DriftWarning {
  /** The brand's slug; `*` stands for the brands with few posts, taken together. */
  readonly scope: string;
  readonly text: string;
  /** The brands whose mails about dips are held because of it. */
  readonly held: readonly string[];
}

interface DriftRun {
  readonly model: Pick<Model, 'spec' | 'vocabulary' | 'classifier'> & {
    readonly networkId: number;
    readonly modelId: number;
  };
  readonly runId: number;
  readonly newestDay: Day;
}

/** Texts whose words are counted of each brand's day. */
const SAMPLE = 200;

/**
 * Compares the newest day's input with the 28 days before, brand by brand, the brands with few posts together, and keeps the
 * outcome. A second call gives the same. Errors: E_INTERRUPTED between brands.
 */
export async function checkDrift(context: Context, run: DriftRun): Promise<{ warnings: DriftWarning[] }> {
  const { store, config } = context;
  const { newestDay, runId } = run;
  const days = await inputDays(context, run);
  const groups = new Map<string, { slugs: string[]; days: Map<Day, InputDay[]> }>();
  for (const { slug, brandId } of await listBrands(store.read)) {
    const own = days.get(brandId) ?? new Map<Day, InputDay>();
    const before = [...own].filter(([day]) => day < newestDay).map(([, day]) => day);
    const scope = usualPosts(before) >= config.drift.min_posts ? slug : '*';
    const group = groups.get(scope) ?? { slugs: [], days: new Map<Day, InputDay[]>() };
    groups.set(scope, group);
    group.slugs.push(slug);
    for (const [day, input] of own) group.days.set(day, [...(group.days.get(day) ?? []), input]);
  }
  const { inhibit } = config.drift;
  const holding: readonly string[] = inhibit === true ? DRIFT_SIGNS : inhibit === false ? [] : inhibit;
  const warnings: DriftWarning[] = [];
  const rows = [...groups].flatMap(([scope, group]) => {
    const before = [...group.days].filter(([day]) => day < newestDay).map(([, inputs]) => addDays(inputs));
    const compared = compareDay(addDays(group.days.get(newestDay) ?? []), before, config.drift);
    if (!compared) return [];
    const { signs, measures } = compared;
    const held = signs.some((sign) => holding.includes(sign)) ? group.slugs : [];
    if (signs.length > 0) warnings.push({ scope, text: driftText(signs, measures), held });
    const json = { signs: JSON.stringify(signs), measures: JSON.stringify(measures), held: JSON.stringify(held) };
    return [{ day: newestDay, scope, run_id: runId, ...json }];
  });
  await store.transaction((tx) => saveDrift(tx, newestDay, rows));
  for (const { scope, text, held } of warnings) context.log.warn({ scope, held }, `unusual input: ${text}`);
  return { warnings };
}

/** Every brand's days in the window; counts the words of those that were not counted yet, and of the newest one again. */
async function inputDays(context: Context, { model, newestDay }: DriftRun): Promise<Map<number, Map<Day, InputDay>>> {
  const { store, signal } = context;
  const range = { from: newestDay - REFERENCE_DAYS, to: newestDay };
  const counted = new Map(
    (await inputStatsOf(store.read, model.networkId, range)).map((row) => [`${row.brand_id}/${row.day}`, row]),
  );
  const tokens = tokenizerOfModel(model);
  const found = new Map<number, Map<Day, InputDay>>();
  for (const brandDay of await histogramsOf(store.read, model.modelId, range)) {
    const { brandId, day, n, histogram } = brandDay;
    let words = counted.get(`${brandId}/${day}`);
    if (!words || day === newestDay) {
      throwIfAborted(signal);
      const row = { network_id: model.networkId, brand_id: brandId, day, texts: 0, tokens: 0, unknown: 0 };
      for (const { body, original } of await sampleTexts(store.read, brandDay, SAMPLE)) {
        const ids = tokens(model.spec.tokenizer.reads === 'original' ? (original ?? body) : body);
        row.texts += 1;
        row.tokens += ids.length;
        for (const id of ids) if (id === UNKNOWN_ID) row.unknown += 1;
      }
      await store.transaction((tx) => saveInputStats(tx, row));
      words = row;
    }
    const ofBrand = found.get(brandId) ?? new Map<Day, InputDay>();
    found.set(
      brandId,
      ofBrand.set(day, { n, histogram, texts: words.texts, tokens: words.tokens, unknown: words.unknown }),
    );
  }
  return found;
}
