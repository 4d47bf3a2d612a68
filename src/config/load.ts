import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { closest, distance } from 'fastest-levenshtein';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { MonitorError } from '../errors.ts';
import { reasonOf } from '../system-errors.ts';
import { yamlReason } from '../yaml-reason.ts';
import { phraseOf } from '../zod-issues.ts';
import { crossProblems, crossWarnings, type Problem } from './cross-checks.ts';
import { type Config, configSchema } from './schema.ts';
import { missingSecrets, type Secrets } from './secrets.ts';

export const DEFAULT_CONFIG_FILE = 'monitor.yaml';

/**
 * Reads, validates and freezes monitor.yaml. Relative paths in it start at the folder that holds it. With `secrets`, what the
 * settings expect of the environment is looked up too.
 * Errors: E_CONFIG_MISSING; E_CONFIG with every mistake at once, each with its line, key and remedy.
 */
export function loadConfig(file: string, secrets?: Secrets): Config {
  const path = resolve(file);
  return parseConfig(readConfig(path), path, secrets);
}

/** The text of a config file. Errors: E_CONFIG_MISSING, E_CONFIG. */
export function readConfig(path: string): string {
  if (!existsSync(path))
    throw new MonitorError('E_CONFIG_MISSING', 'There is no config file.', {
      place: { file: path },
      remedy: '`monitor init posts.csv` writes one from a first export; `--config FILE` names one that is elsewhere.',
    });
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new MonitorError('E_CONFIG', `The config file can't be read: ${reasonOf(cause)}`, {
      place: { file: path },
      remedy: 'Name a file with --config, one that this user may read.',
      cause,
    });
  }
}

/** The same from text; `path` is the file's absolute path, for messages and for relative paths. */
export function parseConfig(source: string, path: string, secrets?: Secrets): Config {
  const { config, mistakes } = examineConfig(source, path, secrets);
  if (config && mistakes.length === 0) return config;
  const broken = mistakes.every(({ key }) => key === null);
  throw new MonitorError('E_CONFIG', mistakes.map(({ line, text }) => `line ${line}: ${text}`).join('\n  '), {
    place: { file: path, ...(mistakes[0] ? { line: mistakes[0].line } : {}) },
    remedy: broken
      ? 'Check the indentation, quotes and colons on that line.'
      : 'Correct these lines. monitor.example.yaml shows every key with its default.',
  });
}

/** What looking at a config's text gives: the settings unless they have mistakes, and all mistakes and warnings by line. */
export interface Examined {
  readonly config: Config | null;
  readonly mistakes: readonly ConfigMistake[];
  readonly warnings: readonly ConfigMistake[];
}

/** Validates a config's text without throwing. With `secrets`, a variable or file of the settings that isn't there is a mistake. */
export function examineConfig(source: string, path: string, secrets?: Secrets): Examined {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0) {
    const mistakes = document.errors.map((error) => ({
      line: lines.linePos(error.pos[0]).line,
      key: null,
      text: `not valid YAML: ${yamlReason(error)}`,
    }));
    return { config: null, mistakes, warnings: [] };
  }
  const raw: unknown = document.toJS() ?? {};
  const folder = dirname(path);
  const parsed = configSchema.safeParse(raw);
  const told = ({ path: at, message }: Problem): ConfigMistake => ({
    line: lineOf(at, document, lines),
    key: keyName(at),
    text: `${keyName(at)} ${message}${shown(document, at)}`,
  });
  const mistakes = [
    ...(parsed.success ? [] : parsed.error.issues.flatMap((issue) => describeIssue(issue, document, lines))),
    ...(parsed.success ? [] : crossProblems(raw).map(told)),
    ...(secrets ? missingSecrets(raw, folder, secrets).map(told) : []),
  ];
  return {
    config: parsed.success ? frozenConfig(parsed.data, folder) : null,
    mistakes: unique(mistakes),
    warnings: unique(crossWarnings(raw).map(told)),
  };
}

/** By line, each once: a mistake between keys may be found in two ways. */
function unique(mistakes: readonly ConfigMistake[]): ConfigMistake[] {
  const byText = new Map(mistakes.map((mistake) => [`${mistake.line} ${mistake.text}`, mistake]));
  return [...byText.values()].sort((a, b) => a.line - b.line);
}

function frozenConfig(data: z.output<typeof configSchema>, folder: string): Config {
  return deepFreeze({
    ...data,
    data_dir: resolve(folder, data.data_dir),
    inbox: resolve(folder, data.inbox),
    ...(data.database ? { database: withPaths(data.database, folder) } : {}),
    mail: withPaths(data.mail, folder),
    teams: withPaths(data.teams, folder),
    model: { ...data.model, use: modelPath(data.model.use, folder) },
    ...(data.sampled_rate ? { sampled_rate: withPaths(data.sampled_rate, folder) } : {}),
    brands: withPaths(data.brands, folder),
  });
}

/** The same part of the settings with every `…_file` and every path of a `model` in it starting at the folder. */
function withPaths<T>(part: T, folder: string): T {
  if (Array.isArray(part)) return part.map((entry: unknown) => withPaths(entry, folder)) as T;
  if (typeof part !== 'object' || part === null) return part;
  const pathOf = (key: string, value: string) =>
    key.endsWith('_file') ? resolve(folder, value) : key === 'model' ? modelPath(value, folder) : value;
  return Object.fromEntries(
    Object.entries(part).map(([key, value]: [string, unknown]) => [
      key,
      typeof value === 'string' ? pathOf(key, value) : withPaths(value, folder),
    ]),
  ) as T;
}

/** A model is named, or given as a path, which then starts at the config's folder. */
function modelPath(use: string, folder: string): string {
  return /[\\/]|^\.+$/.test(use) ? resolve(folder, use) : use;
}

/** A mistake or warning: its line in the file, its key (null where the file is no YAML), and what to say, key included. */
export interface ConfigMistake {
  readonly line: number;
  readonly key: string | null;
  readonly text: string;
}

function describeIssue(issue: z.core.$ZodIssue, document: Document, lines: LineCounter): ConfigMistake[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(configSchema, path);
    return issue.keys.map((key) => {
      const nearest = known.length === 0 ? undefined : closest(key, known);
      const near = nearest !== undefined && distance(key, nearest) <= Math.max(2, key.length / 3);
      const advice = near ? `did you mean "${nearest}"?` : `known here: ${known.join(', ')}.`;
      return {
        line: lineOf([...path, key], document, lines),
        key: keyName([...path, key]),
        text: `${keyName([...path, key])} is not a known key; ${advice}`,
      };
    });
  }
  const text = `${keyName(path)} ${phraseOf(issue)}${shown(document, path)}${percentHint(issue, document.getIn(path))}`;
  return [{ line: lineOf(path, document, lines), key: keyName(path), text }];
}

/** 45 where a share is meant is 45 percent, nearly always. */
function percentHint(issue: z.core.$ZodIssue, value: unknown): string {
  const isShare = issue.code === 'too_big' && issue.origin === 'number' && issue.maximum === 1;
  return isShare && typeof value === 'number' && value <= 100 ? `; did you mean ${value / 100}?` : '';
}

/** What is written at a key, where it is one value. */
function shown(document: Document, path: readonly (string | number)[]): string {
  const value = document.getIn(path);
  // A database's address may hold a password.
  return isNode(value) || value === undefined || path[0] === 'database' ? '' : ` (now ${JSON.stringify(value)})`;
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
  def: {
    type: string;
    innerType?: unknown;
    out?: unknown;
    valueType?: unknown;
    element?: unknown;
    shape?: Record<string, unknown>;
  };
}

function unwrap(schema: unknown): SchemaNode | undefined {
  let node = schema as SchemaNode | undefined;
  while (node?.def.innerType !== undefined || node?.def.out !== undefined)
    node = (node.def.innerType ?? node.def.out) as SchemaNode;
  return node;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}
