/** Which row comes first, and putting rows where they belong. */

/** The first of each class, then the second of each, and so on, so that the beginning shows all classes.
 * @param labelOf The class of an item. */
export function roundTheClasses(items: readonly number[], labelOf: (item: number) => number): number[] {
  const ranks = new Map<number, number>();
  const ranked = items.map((item) => {
    const label = labelOf(item);
    const rank = ranks.get(label) ?? 0;
    ranks.set(label, rank + 1);
    return { item, rank, label };
  });
  return ranked.sort((a, b) => a.rank - b.rank || a.label - b.label).map(({ item }) => item);
}

/** Puts rows of one length into another order, in place: a second array would double the memory.
 * @param array `[rows, length]`; rows that the order leaves out end up behind, in any order.
 * @param order Which row comes first, second, …; none twice. */
export function arrangeRows(array: Uint8Array, length: number, order: readonly number[]): void {
  const spare = new Uint8Array(length);
  for (let to = 0; to < order.length; to++) {
    let from = order[to];
    while (from < to) from = order[from]; // it gave way to another row, which says where it went
    if (from === to) continue;
    const target = array.subarray(to * length, (to + 1) * length);
    spare.set(target);
    target.set(array.subarray(from * length, (from + 1) * length));
    array.set(spare, from * length);
  }
}
