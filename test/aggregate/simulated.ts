import type { ScoredPost } from '../../src/aggregate/day-stats.ts';
import { fitRates } from '../../src/model/fit-calibration.ts';
import { classify } from '../../src/model/probabilities.ts';
import { THREE_CLASSES, TWO_CLASSES } from '../../src/model/spec.ts';
import { randomOf } from '../../src/model/training/random.ts';

/** Posts of a noisy but calibrated-looking model: a softmax of the class's own logit and noise. */
export function simulated(
  count: number,
  classes: 2 | 3,
  seed: number,
): (ScoredPost & { group: string[]; label: 'negative' | 'neutral' | 'positive' })[] {
  const random = randomOf(seed);
  const names = classes === 2 ? TWO_CLASSES : THREE_CLASSES;
  return Array.from({ length: count }, (_, index) => {
    const own = index % classes;
    const logits = names.map((_name, place) => (place === own ? 1.3 : 0) + 3 * (random() + random() - 1));
    const weights = logits.map(Math.exp);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    const [pNegative = 0, pPositive = 0] = [(weights[0] ?? 0) / sum, (weights.at(-1) ?? 0) / sum];
    const spec = { labels: [...names] as never, threshold: 0.5 };
    return {
      ...{ userId: null, group: [], label: names[own] ?? 'neutral', pNegative, pPositive },
      predicted: classify({ spec }, pNegative, pPositive),
    };
  });
}

/** What corrects the rates of a model that was tried on these posts. */
export const ratesOf = (posts: ReturnType<typeof simulated>, classes: 2 | 3) =>
  fitRates({
    probabilities: Float64Array.from(posts.flatMap(({ pNegative, pPositive }) => [pNegative, pPositive])),
    labels: Int32Array.from(posts, (_, index) => index % classes),
    classes,
  });
