import { availableParallelism } from 'node:os';

/** Texts that are read, scored and saved together. One commit of them takes well under 100 ms. */
export const TEXTS_PER_PAGE = 4_096;
const CHARACTERS_PER_PAGE = 4_194_304;

/** Pages that are scored at once: one for a worker on each processor, one that is ready, and one that is being saved or read. */
export const PAGES_IN_FLIGHT = availableParallelism() + 2;

/** Items in pages for scoring, in their order. Neither many items nor long ones fill the memory: a page ends at either limit. */
export async function* pagesOf<Item>(
  items: AsyncIterable<Item>,
  lengthOf: (item: Item) => number,
): AsyncGenerator<Item[]> {
  let page: Item[] = [];
  let characters = 0;
  for await (const item of items) {
    page.push(item);
    characters += lengthOf(item);
    if (page.length < TEXTS_PER_PAGE && characters < CHARACTERS_PER_PAGE) continue;
    yield page;
    page = [];
    characters = 0;
  }
  if (page.length > 0) yield page;
}
