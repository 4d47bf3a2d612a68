import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import Papa from 'papaparse';
import { textsByNumber } from '../db/second-opinion.ts';
import { auditedTexts, textsToLearnFrom } from '../db/teaching.ts';
import { createDraw } from '../src/audit/draw.ts';
import { MonitorError } from '../src/errors.ts';
import { writeFileInParts } from '../src/files.ts';
import type { Model } from '../src/model/artifact.ts';
import { createEngine } from '../src/model/engines/create.ts';
import type { TensorFlow } from '../src/model/engines/tensorflow/load.ts';
import { weightsOfShares } from '../src/model/fit-calibration.ts';
import { type Prediction, predictTexts } from '../src/model/predict-texts.ts';
import { neutralOf } from '../src/model/probabilities.ts';
import { scorerOf } from '../src/model/scorer.ts';
import { readRecipe } from '../src/model/training/recipe.ts';
import { type TrainOptions, trainModel } from '../src/model/training/train.ts';
import { refuseExisting } from '../src/model/write-model.ts';
import { packageRoot } from '../src/package.ts';
import { readTexts, type SecondReader } from '../src/second-opinion/reader.ts';
import type { Sentiment } from '../src/sentiment.ts';
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

/** A figure of the model before and after; null where there is no text to measure it on. */
export interface TaughtFigures {
  readonly texts: number;
  readonly before: number | null;
  readonly after: number | null;
}

export interface Taught {
  readonly model: Model;
  readonly learnt: number;
  /**
   * Mean log loss against the teacher's probabilities, in nats, on texts that were not learnt from: lower is nearer. Classes are not
   * compared: the teacher's are the most probable ones, where the model in use may weight them.
   */
  readonly teacherLogLoss: TaughtFigures;
  /** Macro recall by people's labels of posts drawn at random, which were not learnt from either. */
  readonly auditMacroRecall: TaughtFigures;
}

interface Labelled {
  readonly text: string;
  readonly label: Sentiment;
}

/** A text with the teacher's probabilities of negative, neutral and positive. */
interface Kept {
  readonly text: string;
  readonly probabilities: readonly [number, number, number];
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
  const kept: Kept[] = [];
  const rows: string[][] = [];
  const shares: [number, number, number] = [0, 0, 0];
  for (const [place, textId] of drawn.entries()) {
    const [text, said] = [texts.get(textId), of.get(textId)];
    if (text === undefined || said === undefined) continue;
    const { pNegative, pPositive, predicted } = said;
    const probabilities = [pNegative, neutralOf(pNegative, pPositive), pPositive] as const;
    if (place % KEPT_OF === 0) {
      kept.push({ text, probabilities });
      continue;
    }
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
  const figuresOf = async (
    texts: number,
    figure: (model: Model) => Promise<number | null>,
  ): Promise<TaughtFigures> => ({
    texts,
    before: await figure(model),
    after: await figure(trained.model),
  });
  return {
    model: trained.model,
    learnt: rows.length,
    teacherLogLoss: await figuresOf(kept.length, (of) => logLossOf(of, kept)),
    auditMacroRecall: await figuresOf(audited.length, (of) => recallOf(of, audited)),
  };
}

async function predictionsOf(model: Model, asked: readonly { readonly text: string }[]): Promise<Prediction[]> {
  const engine = await createEngine('onnx', model);
  try {
    return await predictTexts(
      model,
      asked.map(({ text }) => text),
      scorerOf(model, engine),
    );
  } finally {
    await engine.close();
  }
}

async function logLossOf(model: Model, kept: readonly Kept[]): Promise<number | null> {
  const said = await predictionsOf(model, kept);
  const losses = said.map(({ pNegative, pNeutral, pPositive }, place) => {
    const [negative, neutral, positive] = kept[place]?.probabilities ?? [0, 0, 0];
    const log = (probability: number) => Math.log(Math.max(probability, 1e-12));
    return -(negative * log(pNegative) + neutral * log(pNeutral) + positive * log(pPositive));
  });
  return losses.length === 0 ? null : losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

/** Macro recall: the mean over the classes that occur. */
async function recallOf(model: Model, labelled: readonly Labelled[]): Promise<number | null> {
  const said = await predictionsOf(model, labelled);
  const recalls = model.spec.labels.flatMap((name) => {
    const own = [...labelled.keys()].filter((place) => labelled[place]?.label === name);
    return own.length === 0 ? [] : [own.filter((place) => said[place]?.predicted === name).length / own.length];
  });
  return recalls.length === 0 ? null : recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length;
}
