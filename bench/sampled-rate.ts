/**
 * How far off each way of telling a day's positive rate is, where a second, accurate model reads a sample of the day:
 * `node bench/sampled-rate.ts DATA.csv.gz ACCURATE_MODEL [MODEL]`. DATA has a text and a label.
 */
import { formatTable } from '../src/cli/output.ts';
import { sampledDays } from '../src/model/evaluation/sampled-days.ts';
import { readTwice } from './read-twice.ts';

const [data = '', accurate = '', fast = 'social'] = process.argv.slice(2);
const signal = new AbortController().signal;

const { posts, labels, rates, models } = await readTwice(data, fast, accurate);
for (const { name, macroRecall, postsPerSecond } of models)
  process.stdout.write(
    `${name}: macro recall ${macroRecall.toFixed(4)}, ${Math.round(postsPerSecond)} posts a second of processor time\n`,
  );

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
for (const [size, sample] of [
  [500, 100],
  [500, 50],
  [2_000, 100],
] as const) {
  const result = await sampledDays({ posts, labels, rates, size, sample, days: 2_000, seed: 1, signal });
  const { ofAccurate, ofLabels, coverage, width } = result;
  const names = { counted: 'counted', mean: 'mean probability', corrected: 'corrected', sampled: 'sampled' } as const;
  const rows = Object.entries({ ...names, sampleAlone: 'the sample alone', accurateCount: 'the accurate model, all' });
  process.stdout.write(
    `2,000 days of ${size} posts, ${sample} of them read by ${models[1]?.name}
${formatTable(
  ['positive rate', 'off its count by', 'off the labels by'],
  rows.map(([way, name]) => [
    name,
    ofAccurate[way as keyof typeof ofAccurate].toFixed(4),
    ofLabels[way as keyof typeof ofLabels].toFixed(4),
  ]),
)}
${percent(1 - ofAccurate.sampled / ofAccurate.sampleAlone)} less than the sample alone; the 90 % interval held the count in ${percent(coverage)} of the days, and is ${width.toFixed(3)} wide.\n\n`,
  );
}
