import { existsSync, statSync } from 'node:fs';
import { DEFAULT_CONFIG_FILE, loadConfig } from '../config/load.ts';
import { type Config, configSchema } from '../config/schema.ts';
import { EXIT, MonitorError } from '../errors.ts';
import { type Check, checkFile } from '../ingest/check.ts';
import type { CommonOptions, SetExitCode } from './environment.ts';
import { formatTable, printResult } from './output.ts';

const DELIMITER_NAMES: Readonly<Record<string, string>> = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar' };

/** `monitor ingest --check FILE`: needs no settings, opens no database, writes nothing. */
export async function printCheck(
  path: string,
  options: CommonOptions & { source?: string },
  setExitCode: SetExitCode,
): Promise<void> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile())
    throw new MonitorError('E_INPUT', found ? `"${path}" is a folder.` : `There is no file "${path}".`, {
      remedy: 'Give the path of an export.',
    });
  const check = await checkFile(path, { config: configOf(options.config), source: options.source, nowMs: Date.now() });
  printResult(options.json === true, check, checkText(check));
  setExitCode(check.problem || check.rejected > 0 ? EXIT.rejectedInput : EXIT.ok);
}

function configOf(file: string): Config {
  return file === DEFAULT_CONFIG_FILE && !existsSync(file) ? configSchema.parse({}) : loadConfig(file);
}

function checkText(check: Check): string {
  const lines = [`file       ${check.file}, source ${check.source}`];
  if (check.problem) lines.push(`not read   ${check.problem.code}: ${check.problem.reason}`);
  const { reading } = check;
  if (!reading) return lines.join('\n');
  const packing = reading.packing === 'none' ? '' : `, ${reading.packing}`;
  const delimiter = reading.delimiter === null ? '' : `, ${DELIMITER_NAMES[reading.delimiter] ?? reading.delimiter}`;
  lines.push(`format     ${reading.format}, ${reading.encoding}${delimiter}${packing}`);
  if (reading.titles > 0) lines.push(`above it   lines passed over above the header: ${reading.titles}`);
  for (const { use, column, not_used } of reading.columns)
    lines.push(`${use.padEnd(10)} "${column}"${not_used.length > 0 ? ` (rather than ${not_used.join(', ')})` : ''}`);
  if (reading.others.length > 0) lines.push(`kept too   ${reading.others.join(', ')}`);
  const order = { dmy: 'day before month; ', mdy: 'month before day; ' }[reading.date_order ?? ''] ?? '';
  lines.push(`dates      ${order}without an offset they are times of ${reading.time_zone}`);
  for (const note of reading.notes) lines.push(`note       ${note}`);
  lines.push('', `of the first ${check.rows} rows, ${check.posts} are posts and ${check.rejected} can't be used`);
  for (const [brand, posts] of Object.entries(check.brands)) lines.push(`brand      ${brand}: ${posts} posts`);
  if (check.without_brand > 0) lines.push(`no brand   ${check.without_brand} posts`);
  for (const [code, posts] of Object.entries(check.other_language))
    lines.push(`language   ${code}: ${posts} posts, which no brand counts`);
  if (check.rejects.length > 0)
    lines.push(
      '',
      formatTable(
        ['row', 'line', 'code', 'reason'],
        check.rejects.map(({ row, line, code, reason }) => [String(row), String(line), code, reason]),
      ),
    );
  for (const { at, date, user_id, text, brands } of check.samples)
    lines.push(
      '',
      `${at} (${date})  ${user_id ?? 'no user'}  ${brands.join(', ') || 'no brand'}`,
      `  ${oneLine(text)}`,
    );
  return lines.join('\n');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 300);
}
