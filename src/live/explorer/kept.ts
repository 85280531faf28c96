/** What was computed once and is kept; the oldest goes where there is too much. */
export class Kept<Value> {
  private readonly values = new Map<string, Promise<Value>>();

  constructor(private readonly most: number) {}

  /** The value of that name, computed where it isn't kept; what fails is not kept. */
  get(name: string, compute: () => Promise<Value>, signal?: AbortSignal): Promise<Value> {
    const known = this.values.get(name);
    if (known) return known;
    const value = compute();
    this.values.set(name, value);
    let done = false;
    const forget = (): void => {
      if (!done && this.values.get(name) === value) this.values.delete(name);
    };
    value.then(() => (done = true), forget);
    signal?.addEventListener("abort", forget); // who asks next must not wait for what was stopped
    if (this.values.size > this.most) this.values.delete(this.values.keys().next().value!);
    return value;
  }
}
