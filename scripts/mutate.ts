// Mutation testing of aggregate, alerts and ingest: npm run mutate. Stryker changes the code in small ways, one at a time, and runs
// the tests that reach the place; what they don't notice, no test holds. `npm run mutate -- aggregate` does one folder, a file's path
// that file. What was tried before and has not changed since is not tried again.
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';

const FOLDERS = ['aggregate', 'alerts', 'ingest'];
/** Of a hundred changes in a folder, so many must be noticed. */
const LEAST = 85;

type Mutants = Awaited<ReturnType<Stryker['runMutationTest']>>;

const { values, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { concurrency: { type: 'string', default: '2' } },
});
const lines: string[] = [];
for (const folder of FOLDERS) {
  const files = wanted.filter((name) => name.startsWith(`src/${folder}/`));
  if (wanted.length > 0 && !wanted.includes(folder) && files.length === 0) continue;
  const mutants = await mutantsOf(folder, files);
  lines.push(`src/${folder}: ${told(mutants)}`);
  if (score(mutants) < LEAST) process.exitCode = 1;
}
console.log(lines.join('\n'));

/** Every mutant of a folder, or of some of its files, with what became of it. */
function mutantsOf(folder: string, files: readonly string[]): Promise<Mutants> {
  // Read by vitest.mutate.config.ts, in processes that Stryker starts.
  process.env['MUTATED_FOLDER'] = folder;
  return new Stryker({
    // The template is made by scripts/mail-template.ts.
    mutate: files.length > 0 ? [...files] : [`src/${folder}/*.ts`, '!src/alerts/mail-template.ts'],
    concurrency: Number(values.concurrency),
    incrementalFile: `mutation/${folder}.json`,
    htmlReporter: { fileName: `mutation/${folder}.html` },
  }).runMutationTest();
}

/** How many of a hundred were noticed. */
function score(mutants: Mutants): number {
  const noticed = count(mutants, 'Killed', 'Timeout');
  return (100 * noticed) / (noticed + count(mutants, 'Survived', 'NoCoverage'));
}

function told(mutants: Mutants): string {
  const code = mutants.filter(({ mutatorName }) => mutatorName !== 'StringLiteral');
  return [
    `${score(mutants).toFixed(1)} % of ${count(mutants, 'Killed', 'Timeout', 'Survived', 'NoCoverage')} noticed`,
    `${count(mutants, 'Timeout')} of these by never ending`,
    `${score(code).toFixed(1)} % without texts`,
    `${count(mutants, 'Survived')} not noticed, ${count(mutants, 'NoCoverage')} in no test`,
    `${count(mutants, 'Ignored')} left out, made when a file is loaded`,
  ].join('; ');
}

function count(mutants: Mutants, ...statuses: Mutants[number]['status'][]): number {
  return mutants.filter(({ status }) => statuses.includes(status)).length;
}
