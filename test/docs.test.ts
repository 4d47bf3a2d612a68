import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../src/package.ts';

const read = (file: string) => readFileSync(join(packageRoot, file), 'utf8');

describe('docs/errors.md', () => {
  it('lists every error code with its exit code', () => {
    const table = read('docs/errors.md');
    const codes = [...read('src/errors.ts').matchAll(/^ {2}(E_\w+): EXIT\.(\w+)/gm)].map(([, code, exit]) => [
      code,
      exit,
    ]);
    expect(codes.length).toBeGreaterThan(15);
    const numbers: Record<string, number> = { failed: 1, usage: 2, busy: 4, interrupted: 130 };
    for (const [code, exit] of codes) expect(table).toContain(`| \`${code}\` | ${numbers[exit ?? '']} |`);
  });
});
