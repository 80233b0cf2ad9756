/** Does `work` for every item, at most `width` at the same time. Ends when all have; `work` must not reject. */
export async function forEachLimit<Item>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < items.length) await work(items[next++] as Item);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
}
