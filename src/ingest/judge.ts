import type { UnjudgedFile } from '../../db/rejects.ts';

/** A source that sent more rows that can't be used than the config allows. */
export interface BadSource {
  source: string;
  rows: number;
  rejected: number;
  /** Files that could not be used at all. */
  failed: number;
  files: { name: string; sha256: string }[];
}

/** The sources of the files whose rejects are over the limit (a share), or that have a file that failed as a whole. */
export function badSources(files: readonly UnjudgedFile[], limit: number): BadSource[] {
  const sources = new Map<string, BadSource>();
  for (const file of files) {
    const bad = sources.get(file.source) ?? { source: file.source, rows: 0, rejected: 0, failed: 0, files: [] };
    sources.set(file.source, bad);
    bad.rows += file.rows;
    bad.rejected += file.unusable;
    if (file.failed) bad.failed += 1;
    if (file.failed || file.unusable > 0) bad.files.push({ name: file.name, sha256: file.sha256 });
  }
  return [...sources.values()].filter(({ rows, rejected, failed }) => failed > 0 || rejected > limit * rows);
}

/** What is wrong with a source, as one line. */
export function describeBadSource({ source, rows, rejected, failed }: BadSource): string {
  const share = rows === 0 ? '' : ` (${((rejected / rows) * 100).toFixed(1)} %)`;
  return `${source}: ${rejected} of ${rows} rows${share} can't be used${failed > 0 ? `, ${failed} file${failed === 1 ? '' : 's'} not at all` : ''}`;
}
