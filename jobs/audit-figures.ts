import { scoredPostsOf } from '../db/day-stats.ts';
import {
  type LabelledSample,
  postsOfSample,
  type Sample,
  type SampledPost,
  samplesOfBrand,
  scoresOfTexts,
} from '../db/labels.ts';
import { networkIdOf } from '../db/networks.ts';
import type { Reader } from '../db/store.ts';
import type { Config } from '../src/config/schema.ts';
import { MonitorError, throwIfAborted } from '../src/errors.ts';
import type { Model } from '../src/model/artifact.ts';
import type { Rates } from '../src/model/calibration.ts';
import {
  type AuditedPost,
  type AuditFigures,
  auditFigures,
  comparePaired,
  type PairedFigures,
  type Population,
  type PositiveRates,
  positiveRates,
  ratesOfBrand,
} from '../src/model/evaluation/audit.ts';
import type { BootstrapOptions } from '../src/model/evaluation/bootstrap.ts';
import { modelLabel } from '../src/model/pinned.ts';
import type { Pool } from '../src/model/pool.ts';
import { judge } from '../src/model/probabilities.ts';
import { knownBrandId } from './known-brand.ts';
import { namedModel, pinnedModel } from './models.ts';

export interface AuditRequest {
  readonly brand: string;
  /** One model, or two to be compared; without any the pinned one. */
  readonly models: readonly string[];
  /** The code of a sample; without one that which was labelled last. */
  readonly sample?: string | undefined;
}

export interface ModelAudit {
  readonly model: string;
  readonly figures: AuditFigures;
  readonly positiveRate: PositiveRates;
  /** Posts that the model has scored on the days of the sample, and whether these are all. */
  readonly scored: number;
  /** The brand's own correction, in the form of model.json's `rates`. */
  readonly rates: Rates | null;
}

export interface Audit {
  readonly sample: Sample;
  readonly labelled: number;
  readonly models: readonly ModelAudit[];
  readonly paired: PairedFigures | null;
}

/**
 * How right models are for a brand, by the labels of one random sample. Texts that a network has not scored are scored for this,
 * and not stored. Errors: E_USAGE without labels or for an unknown brand, sample or model; those of loading and scoring.
 */
export async function auditBrand(
  reader: Reader,
  config: Config,
  request: AuditRequest,
  options: BootstrapOptions & { poolOf(model: Model): Pool },
): Promise<Audit> {
  const sample = await labelledSample(reader, await knownBrandId(reader, request.brand), request);
  const posts = (await postsOfSample(reader, sample.sampleId)).filter(({ label }) => label !== null);
  const models: Model[] = [];
  for (const id of request.models) models.push(await namedModel(reader, config, id));
  if (models.length === 0) models.push(await pinnedModel(reader, config));
  const audits: ModelAudit[] = [];
  const judged: AuditedPost[][] = [];
  for (const model of models) {
    const networkId = await networkIdOf(reader, model.networkSha256);
    const audited = await auditedPosts(reader, model, networkId, posts, options);
    const population = await populationOf(reader, model, networkId, sample, options.signal);
    const classes = model.spec.labels;
    const all = Math.max(sample.population, population.posts);
    // A model that scored only some of them counts something else.
    const whole = population.posts >= 0.99 * sample.population ? population : null;
    judged.push(audited);
    audits.push({
      model: modelLabel({ name: model.spec.name, sha256: model.modelSha256 }),
      figures: await auditFigures(classes, audited, all, options),
      positiveRate: positiveRates(audited, whole, all),
      scored: population.posts,
      rates: ratesOfBrand(classes, audited),
    });
  }
  return { sample, labelled: posts.length, models: audits, paired: await pairedFigures(models, judged, options) };
}

async function labelledSample(reader: Reader, brandId: number, { brand, sample: code }: AuditRequest) {
  const samples = await samplesOfBrand(reader, brandId);
  // A post's label counts in every sample that has it: one drawn later shares some with the one that was labelled.
  const later = (a: LabelledSample, b: LabelledSample) => a.labelledMs - b.labelledMs || a.labelled - b.labelled;
  const sample = code === undefined ? samples.toSorted(later).at(-1) : samples.find((each) => each.code === code);
  if (sample && sample.labelled > 0) return sample;
  const there = samples.map((each) => `${each.code} (${each.labelled} of ${each.size} labelled)`).join(', ');
  throw new MonitorError(
    'E_USAGE',
    code !== undefined && !sample
      ? `"${brand}" has no sample ${code}. Its samples: ${there || 'none'}.`
      : `There are no labels of "${brand}" yet. Its samples: ${there || 'none'}.`,
    { remedy: 'Draw posts with `monitor audit sample`, label them, and store the labels with `monitor audit import`.' },
  );
}

async function auditedPosts(
  reader: Reader,
  model: Model,
  networkId: number | undefined,
  posts: readonly SampledPost[],
  { poolOf, signal }: { poolOf(model: Model): Pool; signal: AbortSignal },
): Promise<AuditedPost[]> {
  const textIds = posts.map(({ textId }) => textId);
  const scores = networkId === undefined ? new Map() : await scoresOfTexts(reader, networkId, textIds);
  const missing = posts.filter(({ textId }) => !scores.has(textId));
  if (missing.length > 0) {
    const pool = poolOf(model);
    try {
      const cleaned = model.spec.tokenizer.reads === 'cleaned';
      const raw = await pool.score(
        missing.map(({ body, original }) => (cleaned ? body : (original ?? body))),
        signal,
      );
      for (const [index, { textId }] of missing.entries())
        scores.set(textId, { pNegative: raw[2 * index], pPositive: raw[2 * index + 1] });
    } finally {
      await pool.close();
    }
  }
  return posts.flatMap(({ textId, label }) => {
    const score = scores.get(textId);
    if (label === null || score === undefined) return [];
    return [{ label, ...judge(model, score.pNegative, score.pPositive) }];
  });
}

/** What the model says of all the brand's posts on the sample's days. */
async function populationOf(
  reader: Reader,
  model: Model,
  networkId: number | undefined,
  { brandId, from, to }: Sample,
  signal: AbortSignal,
): Promise<Population> {
  let [posts, positives, sum] = [0, 0, 0];
  for (let day = from; networkId !== undefined && day <= to; day += 1) {
    throwIfAborted(signal);
    for (const { pNegative, pPositive } of await scoredPostsOf(reader, networkId, { brandId, day })) {
      const prediction = judge(model, pNegative, pPositive);
      posts += 1;
      if (prediction.predicted === 'positive') positives += 1;
      sum += prediction.pPositive;
    }
  }
  return { posts, positives, meanPPositive: posts === 0 ? 0 : sum / posts };
}

/** Two models on the posts whose label both have a class for. */
async function pairedFigures(
  models: readonly Model[],
  judged: readonly (readonly AuditedPost[])[],
  options: BootstrapOptions,
): Promise<PairedFigures | null> {
  const [a, b] = models;
  if (a === undefined || b === undefined) return null;
  const inA: readonly string[] = a.spec.labels;
  const classes = b.spec.labels.filter((name) => inA.includes(name));
  const has: readonly string[] = classes;
  const pairs = (judged[0] ?? []).flatMap((first, index) => {
    const second = judged[1]?.[index];
    return second && has.includes(first.label) ? [[first, second] as const] : [];
  });
  return comparePaired(classes, pairs, options);
}
