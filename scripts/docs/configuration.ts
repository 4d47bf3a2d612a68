import { z } from 'zod';
import { KEYS_OF, writtenRule } from '../../src/config/alerts.ts';
import { configSchema } from '../../src/config/schema.ts';

/** What is used of a JSON schema. */
interface Schema {
  type?: string;
  description?: string;
  default?: unknown;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  required?: string[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  format?: string;
}

/** Lists of more values are told by their number; the program lists them where one is wrong. */
const MOST_VALUES = 8;
/** Settings whose keys are alert rules, which have a section of their own. */
const RULES: readonly string[] = ['brands.NAME.alerts', 'alerts.defaults'];

interface Row {
  key: string;
  schema: Schema;
  required: boolean;
}

/** The text of docs/reference/configuration.md, from the schema that settings are held to. */
export function configurationReference(): string {
  const root = jsonSchema(configSchema);
  const rows = rowsOf(root, '');
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const [first = ''] = row.key.split('.');
    const group = row.key.includes('.') || hasKeys(row.schema) ? first : '';
    groups.set(group, [...(groups.get(group) ?? []), row]);
  }
  const sections = [...groups].map(([name, group]) =>
    name === '' ? `## Single keys\n\n${table(group)}` : `## ${name}\n\n${table(group)}`,
  );
  return `# Configuration reference

Made by \`npm run docs\` from the schema that \`monitor.yaml\` is checked against. \`monitor.example.yaml\` shows all of it in place. Every
key may be left out but those marked *required*. NAME stands for a name of your choice; relative paths start at the file's folder.

${sections.join('\n\n')}

## Alert rules

The keys of an entry of \`brands.NAME.alerts\`, and of \`alerts.defaults\`. Each belongs to the kinds of rule in its column.

${ruleTable()}
`;
}

function jsonSchema(schema: z.ZodType): Schema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema;
}

function rowsOf(schema: Schema, path: string): Row[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, given]) => {
    const key = path === '' ? name : `${path}.${name}`;
    const row: Row = { key, schema: given, required: schema.required?.includes(name) === true };
    if (RULES.includes(key)) return [row];
    const inner = given.anyOf?.find((choice) => choice.properties !== undefined) ?? given;
    if (inner.properties) return [row, ...rowsOf(inner, key)];
    const each = inner.additionalProperties;
    return typeof each === 'object' && each.properties ? [row, ...rowsOf(each, `${key}.NAME`)] : [row];
  });
}

function hasKeys({ properties, additionalProperties }: Schema): boolean {
  return properties !== undefined || (typeof additionalProperties === 'object' && !!additionalProperties.properties);
}

function table(rows: readonly Row[]): string {
  const lines = rows.map(({ key, schema, required }) => {
    const value = required ? `${valueText(schema)}, *required*` : valueText(schema);
    return `| \`${key}\` | ${cell(value)} | ${cell(defaultOf(schema))} | ${cell(described(key, schema))} |`;
  });
  return ['| key | value | default | meaning |', '| --- | --- | --- | --- |', ...lines].join('\n');
}

function ruleTable(): string {
  const lines = rowsOf(jsonSchema(writtenRule), '').map(({ key, schema }) => {
    const [first] = key.split('.');
    const kinds = Object.entries(KEYS_OF).flatMap(([kind, keys]) => (keys.some((own) => own === first) ? [kind] : []));
    const of = kinds.length === 0 || kinds.length === 4 ? 'all' : kinds.join(', ');
    return `| \`${key}\` | ${of} | ${cell(valueText(schema))} | ${cell(described(key, schema))} |`;
  });
  return ['| key | kinds | value | meaning |', '| --- | --- | --- | --- |', ...lines].join('\n');
}

/** Every key has to say what it means. */
function described(key: string, { description }: Schema): string {
  if (description === undefined) throw new Error(`${key} has no description in the schema`);
  return description;
}

function valueText(schema: Schema): string {
  if (schema.anyOf) return [...new Set(schema.anyOf.map(valueText))].join(', or ');
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum)
    return schema.enum.length > MOST_VALUES ? `one of ${schema.enum.length}` : schema.enum.map(code).join(', ');
  if (schema.type === 'array') return `list of ${schema.items ? valueText(schema.items) : 'values'}`;
  if (schema.type === 'object') return hasKeys(schema) || schema.properties ? 'keys' : 'map';
  if (schema.type === 'integer') return `whole number${rangeOf(schema)}`;
  if (schema.type === 'number') return `number${rangeOf(schema)}`;
  if (schema.type === 'boolean') return '`true`, `false`';
  if (schema.format === 'email') return 'mail address';
  return schema.format === 'uri' ? 'web address' : 'text';
}

function rangeOf({ minimum, maximum, exclusiveMinimum }: Schema): string {
  const most = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (exclusiveMinimum !== undefined) return ` above ${exclusiveMinimum}${most === undefined ? '' : `, up to ${most}`}`;
  if (minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER) return most === undefined ? '' : ` up to ${most}`;
  return most === undefined ? ` from ${minimum}` : ` ${minimum} to ${most}`;
}

function defaultOf(schema: Schema): string {
  const { default: value } = schema;
  if (value === undefined || (typeof value === 'object' && value !== null && !Array.isArray(value))) return '';
  return Array.isArray(value) ? (value.length === 0 ? 'none' : '') : code(value);
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

/** A bar would end the cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
