/**
 * Reads what is shown of every brand, again and again, from a connection of its own, until its input ends. Prints each state
 * that differs from the one before it as a line of JSON: the days with mean and average, by brand, and the alert's days.
 * Arguments: the config file, the newest day.
 */
import { databaseOf } from '../../db/database.ts';
import { brandReports } from '../../jobs/report.ts';
import { loadConfig } from '../../src/config/load.ts';

const [configFile = '', newestDay = ''] = process.argv.slice(2);
const config = loadConfig(configFile);
const store = await databaseOf(config).open();
let open = true;
process.stdin.on('end', () => {
  open = false;
});
process.stdin.resume();

let reads = 0;
let before = '';
while (open) {
  const reports = await brandReports({ store, config }, Number(newestDay));
  const state = JSON.stringify(
    reports.map(({ slug, figures, firingDays }) => ({
      slug,
      days: figures.map(({ day, meanPos, ma3 }) => [day, meanPos.value, ma3?.value ?? null]),
      firing: [...firingDays],
    })),
  );
  reads += 1;
  if (state !== before) process.stdout.write(`${JSON.stringify({ reads, state })}\n`);
  before = state;
  // Lets the end of the input be seen.
  await new Promise(setImmediate);
}
process.stdout.write(`${JSON.stringify({ reads, state: '' })}\n`);
await store.close();
