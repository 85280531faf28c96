/** The highest values of many rows, kept while values stream by. */
export class TopK {
  private readonly values: Float32Array;
  private readonly keys: Int32Array;
  private readonly places: Int32Array;

  /** @param most How many are kept of each row. */
  constructor(
    readonly rows: number,
    readonly most: number,
  ) {
    this.values = new Float32Array(rows * most).fill(-Infinity);
    this.keys = new Int32Array(rows * most).fill(-1);
    this.places = new Int32Array(rows * most);
  }

  /** Takes a value into account. Of equal ones those that came first are kept.
   * @param key What has the value; at least 0.
   * @param place Something to remember with it. */
  offer(row: number, value: number, key: number, place = 0): void {
    const { values, keys, places, most } = this;
    const start = row * most;
    let at = start + most - 1;
    // Written so that a value that is no number is left out.
    if (!(value > values[at])) return;
    for (; at > start && value > values[at - 1]; at--) {
      values[at] = values[at - 1];
      keys[at] = keys[at - 1];
      places[at] = places[at - 1];
    }
    values[at] = value;
    keys[at] = key;
    places[at] = place;
  }

  /** What a row has kept, the highest value first. */
  best(row: number): { value: number; key: number; place: number }[] {
    const kept = [];
    for (let i = row * this.most; i < (row + 1) * this.most && this.keys[i] >= 0; i++)
      kept.push({ value: this.values[i], key: this.keys[i], place: this.places[i] });
    return kept;
  }
}
