/**
 * Works on items ahead of the consumer, at most `inFlight` at a time, and yields each with its result in the items' order.
 * An error of an item comes when its turn comes, after the results before it.
 */
export async function* inOrder<Item, Result>(
  items: AsyncIterable<Item>,
  work: (item: Item) => Promise<Result>,
  inFlight: number,
): AsyncGenerator<{ item: Item; result: Result }> {
  const started: { item: Item; result: Promise<Result> }[] = [];
  for await (const item of items) {
    const result = work(item);
    // Heard where the item's turn comes; until then a failure must not end the process.
    result.catch(() => undefined);
    started.push({ item, result });
    if (started.length < inFlight) continue;
    const oldest = started.shift();
    if (oldest) yield { item: oldest.item, result: await oldest.result };
  }
  for (const { item, result } of started) yield { item, result: await result };
}
