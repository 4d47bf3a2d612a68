import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withoutQuotes } from '../reports/moved.ts';
import { writeFileAtomic } from '../src/files.ts';

/** Takes the quotes of posts out of the pages of written reports; gives the number of pages changed. Errors: E_FILE. */
export async function removeQuotes(dataDir: string, isGone: (postId: number) => boolean): Promise<number> {
  const reports = join(dataDir, 'reports');
  let changed = 0;
  for (const folder of await names(reports))
    for (const name of await names(join(reports, folder))) {
      if (!name.endsWith('.html')) continue;
      const path = join(reports, folder, name);
      const cleaned = withoutQuotes(await readFile(path, 'utf8'), isGone);
      if (cleaned === undefined) continue;
      await writeFileAtomic(path, cleaned);
      changed += 1;
    }
  return changed;
}

/** Sorted, so that a stopped run goes on alike; none where there is no such folder. */
async function names(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).sort();
  } catch {
    return [];
  }
}
