// Measures the program on this machine: `npm run bench` prints a table, `npm run bench -- --json` one JSON document.
import { formatTable } from '../src/cli/output.ts';
import { benchIngest } from './ingest.ts';

const rows = Number(process.env['BENCH_ROWS'] ?? 200_000);
const figures = { node: process.version, ingest: await benchIngest(rows, 3) };
if (process.argv.includes('--json')) console.log(JSON.stringify(figures, null, 2));
else {
  const { ingest } = figures;
  const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
  console.log(
    formatTable(
      ['reading CSV', 'rows/s', 'times papaparse alone', 'memory, middle and end'],
      [
        ['papaparse alone', whole(ingest.papaparse), '1.0', ''],
        [
          'CSV into SQLite',
          whole(ingest.ingest),
          ingest.ratio.toFixed(1),
          `${ingest.memory_middle_mb} and ${ingest.memory_end_mb} MB`,
        ],
      ],
    ),
  );
  console.log(`\n${whole(ingest.rows)} rows, ${ingest.megabytes.toFixed(1)} MB, two brands, Node ${figures.node}`);
}
