// Cuts one source of a labelled file into a brand's own labels and the rest of its rows, to measure what `--init` brings:
// `node bench/own-labels.ts --data train.csv.gz --source gop-debate --rows 500 --out own` writes own.labels.csv and own.rest.csv,
// and own.posts.csv: the first ones without their labels, as an export has them, to measure what `model teach` brings.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import Papa from 'papaparse';
import { writeFileAtomic } from '../src/files.ts';
import { randomOf, shuffled } from '../src/model/training/random.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '' },
    source: { type: 'string', default: '' },
    rows: { type: 'string', default: '500' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string', default: 'own' },
  },
});
const bytes = readFileSync(values.data);
const text = (values.data.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
const { data } = Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true });
const own = shuffled(
  data.filter(({ source }) => source === values.source),
  randomOf(Number(values.seed)),
);
const rows = Number(values.rows);
await writeFileAtomic(`${values.out}.labels.csv`, Papa.unparse(own.slice(0, rows)));
const posts = own.slice(0, rows).map(({ id, text }) => ({ id, created_at: '2026-03-01T12:00:00Z', text }));
await writeFileAtomic(`${values.out}.posts.csv`, Papa.unparse(posts));
await writeFileAtomic(`${values.out}.rest.csv`, Papa.unparse(own.slice(rows)));
console.log(`${Math.min(rows, own.length)} labels, ${Math.max(0, own.length - rows)} other rows of ${values.source}`);
