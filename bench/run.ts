// Measures the program on this machine: `npm run bench -- --rows 200000` prints it, `--json` as one JSON document.
import { parseArgs } from 'node:util';
import { formatTable } from '../src/cli/output.ts';
import { benchIngest } from './ingest.ts';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '200000' },
    runs: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
});
const figures = { node: process.version, ingest: await benchIngest(Number(values.rows), Number(values.runs)) };
if (values.json) console.log(JSON.stringify(figures, null, 2));
else {
  const { ingest } = figures;
  const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
  const share = (value: number): string => `1/${(1 / value).toFixed(1)}`;
  console.log(
    `reading CSV into SQLite: ${share(ingest.share)} of papaparse's rows/s (at least 1/20 is wanted; processor time)`,
  );
  if (ingest.share_with_language !== null)
    console.log(`with the language filter: ${share(ingest.share_with_language)}`);
  console.log(`by the clock on the wall: ${share(ingest.share_by_wall)}\n`);
  console.log(
    formatTable(
      ['', 'rows per second of processor time'],
      [
        ['papaparse alone', whole(ingest.papaparse)],
        ['CSV into SQLite', whole(ingest.ingest)],
      ],
    ),
  );
  console.log(
    `\nmemory at most ${ingest.peak_mb} MB for ${whole(ingest.rows)} rows, ${ingest.peak_of_four_times_mb} MB for ${whole(4 * ingest.rows)}`,
  );
  console.log(
    `${whole(ingest.rows)} rows, ${ingest.megabytes.toFixed(1)} MB, two brands, Node ${figures.node}, median of ${values.runs} turns`,
  );
}
