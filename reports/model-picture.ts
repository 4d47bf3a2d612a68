import type { Evaluation } from '../src/model/evaluation/evaluate.ts';
import { figureText } from '../src/model/evaluation/wording.ts';
import { countOf } from './format.ts';
import { CHART, confusionMarkup, precisionRecallMarkup, reliabilityMarkup } from './model-charts.ts';
import { LIGHT } from './palette.ts';
import { cut, movedTo, svgDocument, textAt } from './svg.ts';

const GAP = 32;
const TOP = 104;

/** Pixels across of the picture. */
export const PICTURE_WIDTH = 3 * CHART.width + 4 * GAP;

/** A model's evaluation as one picture: confusions, reliability, precision over recall. */
export function modelPictureSvg(evaluation: Evaluation): string {
  const { model, rows, accuracy, macro_recall, macro_f1, ece } = evaluation;
  const figures = [
    countOf(rows, 'text'),
    `accuracy ${figureText(accuracy)}`,
    `macro recall ${figureText(macro_recall)}`,
    `macro F1 ${figureText(macro_f1)}`,
    `calibration error ${figureText(ece)}`,
  ].join(' · ');
  const charts = [
    { title: 'True and predicted class', markup: confusionMarkup(evaluation, LIGHT) },
    { title: 'Is it right as often as it is sure?', markup: reliabilityMarkup(evaluation, LIGHT) },
    { title: 'Precision over recall', markup: precisionRecallMarkup(evaluation, LIGHT) },
  ];
  const height = TOP + CHART.height + GAP / 2;
  const body = [
    `<rect width="${PICTURE_WIDTH}" height="${height}" fill="${LIGHT.background}"/>`,
    textAt(GAP, 34, cut(model, PICTURE_WIDTH - 2 * GAP, 20), { size: 20, weight: 600 }),
    textAt(GAP, 56, figures, { size: 13, fill: LIGHT.muted }),
    ...charts.map(({ title, markup }, index) => {
      const x = GAP + index * (CHART.width + GAP);
      return textAt(x, TOP - 14, title, { size: 14, weight: 600 }) + movedTo(x, TOP, markup);
    }),
  ];
  return svgDocument(PICTURE_WIDTH, height, `Evaluation of ${model}: ${figures}`, LIGHT, body.join(''));
}
