import type { Day } from '../src/calendar.ts';
import type { Reader, Tx } from './store.ts';

/** An event that somebody noted; `slug` is null when it is for all brands. */
export interface Annotation {
  readonly id: number;
  readonly day: Day;
  readonly slug: string | null;
  readonly text: string;
}

/** Every annotation, or those for a brand (its own and those for all), by day. */
export async function listAnnotations(reader: Reader, brandId?: number): Promise<Annotation[]> {
  let query = reader.db
    .selectFrom('annotations as a')
    .leftJoin('brands as b', 'b.brand_id', 'a.brand_id')
    .select(['a.annotation_id', 'a.day', 'a.note', 'b.slug']);
  if (brandId !== undefined)
    query = query.where((eb) => eb.or([eb('a.brand_id', '=', brandId), eb('a.brand_id', 'is', null)]));
  const rows = await query.orderBy('a.day').orderBy('a.annotation_id').execute();
  return rows.map((row) => ({ id: row.annotation_id, day: row.day, slug: row.slug, text: row.note }));
}

/** Notes an event and gives its number. One that is there already, to the letter, keeps its number. */
export async function addAnnotation(
  tx: Tx,
  { day, text, brandId }: { day: Day; text: string; brandId: number | null },
): Promise<number> {
  const known = await tx.db
    .selectFrom('annotations')
    .select('annotation_id')
    .where('day', '=', day)
    .where('note', '=', text)
    .where('brand_id', brandId === null ? 'is' : '=', brandId)
    .executeTakeFirst();
  if (known) return known.annotation_id;
  const row = await tx.db
    .insertInto('annotations')
    .values({ day, note: text, brand_id: brandId })
    .returning('annotation_id')
    .executeTakeFirstOrThrow();
  return row.annotation_id;
}

/** Takes an annotation away; false when there is none of that number. */
export async function removeAnnotation(tx: Tx, id: number): Promise<boolean> {
  const done = await tx.db.deleteFrom('annotations').where('annotation_id', '=', id).executeTakeFirst();
  return Number(done.numDeletedRows) > 0;
}
