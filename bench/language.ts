// Tells how many texts of a CSV file's `text` column a language keeps, and how long a text takes:
// `node bench/language.ts FILE [LANGUAGE]`; FILE may be packed as .gz. Prints one JSON document.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import Papa from 'papaparse';
import { openLanguageFilter } from '../src/ingest/language.ts';
import { cleanText } from '../src/ingest/text.ts';

const [path = '', language = 'en'] = process.argv.slice(2);
const bytes = readFileSync(path);
const source = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
const { data } = Papa.parse<{ text?: string }>(source, { header: true, skipEmptyLines: true });
const texts = data.flatMap(({ text }) => (text === undefined ? [] : [cleanText(text)]));

const filter = await openLanguageFilter(language);
for (const text of texts.slice(0, 1000)) filter(text);
const others: Record<string, number> = {};
const start = process.cpuUsage();
for (const text of texts) {
  const other = filter(text);
  if (other !== null) others[other] = (others[other] ?? 0) + 1;
}
const { user, system } = process.cpuUsage(start);
const left = Object.values(others).reduce((sum, posts) => sum + posts, 0);
console.log(
  JSON.stringify({
    texts: texts.length,
    kept_percent: Number(((1 - left / texts.length) * 100).toFixed(2)),
    microseconds: Math.round((user + system) / texts.length),
    others,
  }),
);
