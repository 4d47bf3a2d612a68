import type { z } from 'zod';

/** What people call the kinds of values. */
const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of keys',
  record: 'a group of keys',
  tuple: 'a list',
};

/** What is wrong with a value, to be read after the name of its key. */
export function phraseOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') {
    if (issue.message.endsWith('received undefined')) return 'is missing';
    return `must be ${KINDS[issue.expected] ?? issue.expected}`;
  }
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'invalid_key')
    return 'is not a usable name: use small letters, digits and hyphens, such as acme-air';
  if (issue.code === 'unrecognized_keys') return `has keys that are not known: ${issue.keys.join(', ')}`;
  if (issue.code === 'too_small' && issue.origin === 'array') return 'needs at least one entry';
  if (issue.code === 'too_small' && issue.origin === 'string') return 'must not be empty';
  if (issue.code === 'too_small') return `must be at least ${issue.minimum}`;
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}`;
  if (issue.code === 'invalid_union' && issue.message === 'Invalid input') return 'is none of what it may be';
  return issue.message;
}

/** All that is wrong in a file, each with its key. `whole` names what has no key. */
export function problemsOf(error: z.ZodError, whole = 'the file'): string[] {
  return error.issues.map((issue) => `${issue.path.join('.') || whole} ${phraseOf(issue)}`);
}
