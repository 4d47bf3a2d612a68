import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/package.ts';

/** Every page that people read: README, changes, docs, model cards. Paths from the root. */
export const PAGES: readonly string[] = [
  ...readdirSync(packageRoot).filter((name) => name.endsWith('.md')),
  ...['docs', 'models', 'packages', 'deploy', 'bench', 'examples'].flatMap((folder) =>
    existsSync(join(packageRoot, folder))
      ? readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
          .filter((name) => /\.md$/i.test(name))
          .map((name) => `${folder}/${name}`)
      : [],
  ),
].sort();

export function pageText(page: string): string {
  return readFileSync(join(packageRoot, page), 'utf8');
}

/** A fenced block, or code that stands within a line, with where it is. */
export interface Code {
  readonly at: string;
  readonly language: string;
  readonly text: string;
}

export function blocksOf(page: string): Code[] {
  const blocks: Code[] = [];
  let open: { line: number; indent: number; language: string; lines: string[] } | undefined;
  for (const [index, line] of pageText(page).split('\n').entries()) {
    const fence = /^\s*```(\w*)/.exec(line);
    if (!fence) open?.lines.push(line.slice(open.indent));
    else if (open) {
      blocks.push({ at: `${page}:${open.line}`, language: open.language, text: open.lines.join('\n') });
      open = undefined;
    } else open = { line: index + 1, indent: line.indexOf('`'), language: fence[1] ?? '', lines: [] };
  }
  return blocks;
}

/** Code within lines, outside of fenced blocks. */
export function spansOf(page: string): Code[] {
  let fenced = false;
  return pageText(page)
    .split('\n')
    .flatMap((line, index) => {
      if (/^\s*```/.test(line)) fenced = !fenced;
      if (fenced) return [];
      return [...line.matchAll(/`([^`]+)`/g)].map(([, text = '']) => ({
        ...{ at: `${page}:${index + 1}`, language: '', text: text.replaceAll('\\|', '|') },
      }));
    });
}

/** The commands of `monitor` in a shell block: lines joined at a backslash, one entry for each part of a pipe or list. */
export function monitorCommands(block: Code): { at: string; args: string[] }[] {
  return block.text
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .flatMap((line) => shellParts(line))
    .flatMap((words) => {
      const line = block.language === 'cron' ? words.slice(5) : words;
      const named = /^(npx$|\w+=)/.test(line[0] ?? '') ? line.slice(1) : line;
      return named[0] === 'monitor' ? [{ at: block.at, args: named.slice(1) }] : [];
    });
}

/** A line's simple commands as words, without comments and redirections. */
function shellParts(line: string): string[][] {
  const parts: string[][] = [[]];
  for (const [token] of line.matchAll(/#.*$|\|\||&&|[|;<>&]|(?:"[^"]*"|'[^']*'|[^\s"'|;<>&#]|(?<=\S)#)+/g)) {
    if (token.startsWith('#')) break;
    if (['|', '||', '&&', ';', '&', '<', '>'].includes(token)) parts.push(token === '<' || token === '>' ? ['>'] : []);
    else parts.at(-1)?.push(token.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'));
  }
  return parts.filter(([first]) => first !== undefined && first !== '>');
}

/** The anchors of a page's headings, as GitHub names them. */
export function anchorsOf(page: string): Set<string> {
  const seen = new Map<string, number>();
  const anchors = new Set<string>();
  let fenced = false;
  for (const line of pageText(page).split('\n')) {
    if (line.startsWith('```')) fenced = !fenced;
    const heading = fenced ? undefined : /^#{1,6} (.+)$/.exec(line)?.[1];
    if (heading === undefined) continue;
    const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = plain
      .replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .trim()
      .replaceAll(' ', '-');
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    anchors.add(times === 0 ? slug : `${slug}-${times}`);
  }
  return anchors;
}
