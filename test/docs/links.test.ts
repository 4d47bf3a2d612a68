import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package.ts';
import { anchorsOf, PAGES, pageText } from './markdown.ts';

/** Links of a page that point into the repository: a file, an anchor, or both. */
function linksOf(page: string): string[] {
  const text = pageText(page)
    .replaceAll(/```[\s\S]*?```/g, '')
    .replaceAll(/`[^`\n]*`/g, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link).filter((link) => !/^[a-z]+:/.test(link));
}

describe('links of the documentation', () => {
  it('are in every page that is looked at', () => {
    expect(PAGES.length).toBeGreaterThan(20);
    expect(PAGES.flatMap(linksOf).length).toBeGreaterThan(100);
  });

  it.each(PAGES)('%s: lead to files and headings that are there', (page) => {
    const broken = linksOf(page).filter((link) => {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? page : normalize(join(dirname(page), file));
      if (!existsSync(join(packageRoot, target))) return true;
      return anchor !== undefined && !anchorsOf(target).has(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('reach every page from the index of the documentation or the README', () => {
    const linked = new Set(
      ['README.md', 'docs/README.md'].flatMap((page) =>
        linksOf(page).map((link) => normalize(join(dirname(page), link.split('#')[0] ?? ''))),
      ),
    );
    expect(PAGES.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md' && !linked.has(page))).toEqual(
      [],
    );
  });
});
