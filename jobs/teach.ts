import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import Papa from 'papaparse';
import { textsByNumber } from '../db/second-opinion.ts';
import { auditedTexts, textsToLearnFrom } from '../db/teaching.ts';
import type { PredictedClass } from '../src/aggregate/day-stats.ts';
import { createDraw } from '../src/audit/draw.ts';
import { MonitorError } from '../src/errors.ts';
import { writeFileInParts } from '../src/files.ts';
import type { Model } from '../src/model/artifact.ts';
import { createEngine } from '../src/model/engines/create.ts';
import type { TensorFlow } from '../src/model/engines/tensorflow/load.ts';
import { weightsOfShares } from '../src/model/fit-calibration.ts';
import { predictTexts } from '../src/model/predict-texts.ts';
import { neutralOf } from '../src/model/probabilities.ts';
import { scorerOf } from '../src/model/scorer.ts';
import { readRecipe } from '../src/model/training/recipe.ts';
import { type TrainOptions, trainModel } from '../src/model/training/train.ts';
import { refuseExisting } from '../src/model/write-model.ts';
import { packageRoot } from '../src/package.ts';
import { readTexts, type SecondReader } from '../src/second-opinion/reader.ts';
import type { Session } from './session.ts';

export interface TeachOptions extends Pick<TrainOptions, 'onEpoch'> {
  readonly teacher: SecondReader;
  /** Texts to be read by the teacher; a tenth of them is kept to measure by. */
  readonly posts: number;
  readonly seed: number;
  readonly out: string;
  readonly tensorFlow: TensorFlow;
  /** Another recipe than the built-in one. */
  readonly recipe?: string | undefined;
}

/** How often a model gives the class that is asked for, each class weighing the same; null where no text has one. */
export interface TaughtFigures {
  readonly texts: number;
  readonly before: number | null;
  readonly after: number | null;
}

export interface Taught {
  readonly model: Model;
  readonly learnt: number;
  /** Against the teacher, on texts that were not learnt from. */
  readonly teacher: TaughtFigures;
  /** Against people's labels of posts drawn at random, which were not learnt from either. */
  readonly audit: TaughtFigures;
}

interface Asked {
  readonly text: string;
  readonly label: PredictedClass;
}

/** The label is not looked at; a training's file has one. */
const COLUMNS = ['id', 'text', 'label', 'p_negative', 'p_neutral', 'p_positive'];

/** Of this many texts drawn, one is kept to measure by. */
const KEPT_OF = 10;

/**
 * Trains the model in use further on the teacher's probabilities of stored texts, drawn at random, and measures both. What the teacher
 * read is kept in the database, so a stopped one goes on where it was; the training resumes by its own checkpoints. Nothing that
 * is shown changes: `monitor model use` switches. Errors: E_USAGE when `out` exists or the models have other classes, E_INPUT
 * with too few texts, E_WORKER when the teacher fails, E_INTERRUPTED.
 */
export async function teach(session: Session, options: TeachOptions): Promise<Taught> {
  const { store, model, signal, progress, clock } = session;
  const { teacher, out, tensorFlow } = options;
  refuseExisting(out);
  for (const { name, labels } of [teacher.spec, model.spec])
    if (labels.length !== 3)
      throw new MonitorError(
        'E_USAGE',
        `${name} tells ${labels.length} classes apart; teaching needs three on both sides.`,
        {
          remedy: 'Name a teacher of three classes with --teacher, and use a model of three classes.',
        },
      );
  // Before the long reading, so that a mistake in it is told at once.
  const recipe = await readRecipe(options.recipe ?? join(packageRoot, 'recipes', 'teach.yaml'), model, () => undefined);
  if ('linear' in recipe)
    throw new MonitorError('E_USAGE', 'A linear model can’t go on from a network.', {
      remedy: 'Give a recipe without `linear`, such as recipes/teach.yaml.',
    });
  const draw = createDraw(options.posts, options.seed);
  for (const textId of await textsToLearnFrom(store.read)) draw.add(textId);
  const drawn = draw.end().postIds;
  progress.start('read by the teacher', drawn.length);
  const { of, failure } = await readTexts(session, teacher, drawn, Number.POSITIVE_INFINITY).finally(() =>
    progress.finish(),
  );
  if (failure) throw failure;
  const texts = new Map((await textsByNumber(store.read, drawn)).map((row) => [row.textId, row.original ?? row.body]));
  const kept: Asked[] = [];
  const rows: string[][] = [];
  const shares: [number, number, number] = [0, 0, 0];
  for (const [place, textId] of drawn.entries()) {
    const [text, said] = [texts.get(textId), of.get(textId)];
    if (text === undefined || said === undefined) continue;
    const { pNegative, pPositive, predicted } = said;
    if (place % KEPT_OF === 0) {
      kept.push({ text, label: predicted });
      continue;
    }
    const probabilities = [pNegative, neutralOf(pNegative, pPositive), pPositive] as const;
    for (const [index, probability] of probabilities.entries()) shares[index] = (shares[index] ?? 0) + probability;
    rows.push([String(textId), text, predicted, ...probabilities.map(String)]);
  }
  if (rows.length < KEPT_OF)
    throw new MonitorError('E_INPUT', `There are ${rows.length} texts to learn from.`, {
      remedy: 'Read exports first: monitor run.',
    });
  const data = `${resolve(out)}.posts.csv`;
  await writeFileInParts(data, async (write) => {
    await write(`${Papa.unparse([COLUMNS, ...rows], { newline: '\n' })}\n`);
  });
  const trained = await trainModel({
    ...{ data: [data], recipe, init: model, out, tensorFlow, clock, signal, progress },
    // The network learns the shares of the classes too; weighted by these, a text is put into a class for the same reasons as before.
    ...(model.spec.decision_weights && { applied: { decision_weights: weightsOfShares(shares) } }),
    ...(options.onEpoch && { onEpoch: options.onEpoch }),
  })
    // People's words are in it; the same call writes it again.
    .finally(() => rm(data, { force: true }));
  const audited = (await auditedTexts(store.read)).map(({ body, original, label }) => ({
    text: original ?? body,
    label,
  }));
  return {
    model: trained.model,
    learnt: rows.length,
    teacher: await figuresOf(model, trained.model, kept),
    audit: await figuresOf(model, trained.model, audited),
  };
}

async function figuresOf(before: Model, after: Model, asked: readonly Asked[]): Promise<TaughtFigures> {
  return { texts: asked.length, before: await recallOf(before, asked), after: await recallOf(after, asked) };
}

/** Macro recall: the mean over the classes that occur. */
async function recallOf(model: Model, asked: readonly Asked[]): Promise<number | null> {
  const engine = await createEngine('onnx', model);
  try {
    const said = await predictTexts(
      model,
      asked.map(({ text }) => text),
      scorerOf(model, engine),
    );
    const recalls = model.spec.labels.flatMap((name) => {
      const own = [...asked.keys()].filter((place) => asked[place]?.label === name);
      return own.length === 0 ? [] : [own.filter((place) => said[place]?.predicted === name).length / own.length];
    });
    return recalls.length === 0 ? null : recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length;
  } finally {
    await engine.close();
  }
}
