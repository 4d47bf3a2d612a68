import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { closest, distance } from 'fastest-levenshtein';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { MonitorError, messageOf } from '../errors.ts';
import { type Config, configSchema } from './schema.ts';

export const DEFAULT_CONFIG_FILE = 'monitor.yaml';

/**
 * Reads, validates and freezes monitor.yaml. Relative paths in it start at the folder that holds it.
 * Errors: E_CONFIG_MISSING; E_CONFIG with every mistake at once, each with its line, key and remedy.
 */
export function loadConfig(file: string): Config {
  const path = resolve(file);
  if (!existsSync(path))
    throw new MonitorError('E_CONFIG_MISSING', 'There is no config file.', {
      place: { file: path },
      remedy: 'Copy monitor.example.yaml to monitor.yaml and edit it, or name your file with --config FILE.',
    });
  let source: string;
  try {
    source = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new MonitorError('E_CONFIG', `The config file can't be read: ${messageOf(cause)}`, {
      place: { file: path },
      remedy: 'Check that it is a file and that you may read it.',
      cause,
    });
  }
  return parseConfig(source, path);
}

/** The same from text; `path` is the file's absolute path, for messages and for relative paths. */
export function parseConfig(source: string, path: string): Config {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, uniqueKeys: true });
  const broken = document.errors[0];
  if (broken)
    throw new MonitorError('E_CONFIG', `The config file is not valid YAML: ${broken.message.split('\n')[0]}`, {
      place: { file: path, line: lines.linePos(broken.pos[0]).line },
      remedy: 'Check the indentation, quotes and colons on that line.',
    });
  const parsed = configSchema.safeParse(document.toJS() ?? {});
  if (!parsed.success) {
    const mistakes = parsed.error.issues.flatMap((issue) => describeIssue(issue, document, lines));
    mistakes.sort((a, b) => a.line - b.line);
    throw new MonitorError(
      'E_CONFIG',
      mistakes.map((mistake) => `line ${mistake.line}: ${mistake.text}`).join('\n  '),
      {
        place: { file: path, ...(mistakes[0] ? { line: mistakes[0].line } : {}) },
        remedy: 'Correct these lines. monitor.example.yaml shows every key with its default.',
      },
    );
  }
  const folder = dirname(path);
  return deepFreeze({
    ...parsed.data,
    data_dir: resolve(folder, parsed.data.data_dir),
    inbox: resolve(folder, parsed.data.inbox),
    model: { ...parsed.data.model, use: modelPath(parsed.data.model.use, folder) },
    ...withSecretFiles(parsed.data, folder),
  });
}

/** The files of secrets as absolute paths. */
function withSecretFiles({ mail, teams }: Config, folder: string): Pick<Config, 'mail' | 'teams'> {
  const resolved = <T extends object>(part: T): T =>
    Object.fromEntries(
      Object.entries(part).map(([key, value]) => [
        key,
        key.endsWith('_file') && value ? resolve(folder, value) : value,
      ]),
    ) as T;
  return {
    mail: mail.smtp ? { ...mail, smtp: resolved(mail.smtp) } : mail,
    teams: Object.fromEntries(
      Object.entries(teams).map(([name, team]) => [
        name,
        team.webhook ? { ...team, webhook: resolved(team.webhook) } : team,
      ]),
    ),
  };
}

/** A model is named, or given as a path, which then starts at the config's folder. */
function modelPath(use: string, folder: string): string {
  return /[\\/]|^\.+$/.test(use) ? resolve(folder, use) : use;
}

interface Mistake {
  line: number;
  text: string;
}

function describeIssue(issue: z.core.$ZodIssue, document: Document, lines: LineCounter): Mistake[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(configSchema, path);
    return issue.keys.map((key) => {
      const nearest = known.length === 0 ? undefined : closest(key, known);
      const near = nearest !== undefined && distance(key, nearest) <= Math.max(2, key.length / 3);
      const advice = near ? `did you mean "${nearest}"?` : `known here: ${known.join(', ')}.`;
      return {
        line: lineOf([...path, key], document, lines),
        text: `${keyName([...path, key])} is not a known key; ${advice}`,
      };
    });
  }
  const value = document.getIn(path);
  const shown = isNode(value) || value === undefined ? '' : ` (now ${JSON.stringify(value)})`;
  return [{ line: lineOf(path, document, lines), text: `${keyName(path)} ${phrase(issue)}${shown}` }];
}

function phrase(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `must be ${/^[aeiou]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`;
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'invalid_key')
    return 'is not a usable name: use small letters, digits and hyphens, such as acme-air';
  if (issue.code === 'too_small' && issue.origin === 'array') return 'needs at least one entry';
  if (issue.code === 'too_small' && issue.origin === 'string') return 'must not be empty';
  if (issue.code === 'too_small') return `must be at least ${issue.minimum}`;
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}`;
  return issue.message;
}

function keyName(path: readonly (string | number)[]): string {
  return path.length === 0
    ? 'the file'
    : path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');
}

/** The line of a key, or of its nearest parent that is written in the file. */
function lineOf(path: readonly (string | number)[], document: Document, lines: LineCounter): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1];
    const items = (parent as { items?: unknown[] } | undefined)?.items ?? [];
    for (const [index, item] of items.entries()) {
      const key = (item as { key?: { value?: unknown; range?: [number, number, number] } }).key;
      const range =
        typeof last === 'number' && index === last
          ? (item as { range?: [number, number, number] }).range
          : key?.value === last
            ? key?.range
            : undefined;
      if (range) return lines.linePos(range[0]).line;
    }
  }
  return 1;
}

/** The keys that the schema knows at a path; looked up in the schema itself, so that advice can't go stale. */
function keysAt(schema: unknown, path: readonly (string | number)[]): string[] {
  let current = unwrap(schema);
  for (const part of path) {
    const def = current?.def;
    if (def?.type === 'object') current = unwrap(def.shape?.[part]);
    else if (def?.type === 'record') current = unwrap(def.valueType);
    else if (def?.type === 'array') current = unwrap(def.element);
    else return [];
  }
  return Object.keys(current?.def?.shape ?? {});
}

interface SchemaNode {
  def: { type: string; innerType?: unknown; valueType?: unknown; element?: unknown; shape?: Record<string, unknown> };
}

function unwrap(schema: unknown): SchemaNode | undefined {
  let node = schema as SchemaNode | undefined;
  while (node?.def.innerType !== undefined) node = node.def.innerType as SchemaNode;
  return node;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}
