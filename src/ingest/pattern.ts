import { createRequire } from 'node:module';

type Re2 = typeof import('re2js');
let re2: Re2 | undefined;

/**
 * A test for a regular expression of the config, in the syntax of RE2: no look-around and no references back, and in return its
 * time grows with the text's length only, whatever the expression. Case doesn't matter, in any script. Throws an Error that says
 * what is wrong with the expression.
 */
export function compilePattern(pattern: string): (text: string) => boolean {
  // Loaded for those who use it, and not awaited, because the config is checked in one go.
  re2 ??= createRequire(import.meta.url)('re2js') as Re2;
  const compiled = re2.RE2JS.compile(pattern, re2.RE2JS.CASE_INSENSITIVE);
  return (text) => compiled.test(text);
}

/** What is wrong with a regular expression of the config, if anything. */
export function patternProblem(pattern: string): string | undefined {
  try {
    return compilePattern(pattern)('') ? 'also matches an empty text, and so every post' : undefined;
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    // The flag was put before the expression by the library.
    const told = reason.replace(/^error parsing regexp: /, '').replace('`(?i)', '`');
    return `can't be used as a regular expression: ${told}`;
  }
}
