import { YAMLError } from 'yaml';
import { reasonOf } from './system-errors.ts';

/** Enough to know the place again; a file that is no YAML at all may be quoted whole. */
const LONGEST = 120;

/** Why a YAML file can't be read, in one short line without the place, which is told beside it. */
export function yamlReason(thrown: unknown): string {
  const reason = (reasonOf(thrown).split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
  return reason.length <= LONGEST ? reason : `${reason.slice(0, LONGEST)}…`;
}

/** The line of a YAML error, counted from 1; nothing for any other. To be spread into a place. */
export function yamlLine(thrown: unknown): { line?: number } {
  const line = thrown instanceof YAMLError ? thrown.linePos?.[0].line : undefined;
  return line === undefined ? {} : { line };
}
