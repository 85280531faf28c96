/** Seeded chance. The same seed gives the same numbers on every machine. */

export interface Random {
  /** The next number, uniform in [0, 1). */
  uniform(): number;
  /** The next number, from the standard normal distribution (Box and Muller, 1958). */
  normal(): number;
  /** The next whole number, uniform in [0, below). */
  int(below: number): number;
  /** Puts the items into a random order, in place (Fisher and Yates), and returns them. */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T;
  /** An independent stream for a part of the work, so that one part's draws don't shift another's. */
  fork(name: string): Random;
}

/** A 32-bit hash of a text (FNV-1a), so that a stream can have a name. */
function hash(text: string, start: number): number {
  let h = start ^ 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/** A stream of random numbers from a seed: a Weyl sequence with a mixing function (splitmix32).
 * @param seed Any whole number; it names the stream. */
export function random(seed: number): Random {
  if (!Number.isInteger(seed))
    throw new TypeError(`Cannot seed chance: a seed is a whole number. Received: ${seed}.`);
  let state = Math.imul(seed ^ (seed / 0x100000000), 0x9e3779b1) >>> 0;
  let spare: number | undefined;
  const uniform = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let z = state ^ (state >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 0x100000000;
  };
  const int = (below: number): number => Math.floor(uniform() * below);
  return {
    uniform,
    int,
    normal() {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
    shuffle(items) {
      const list = items as unknown as unknown[];
      for (let i = list.length - 1; i > 0; i--) {
        const j = int(i + 1);
        [list[i], list[j]] = [list[j], list[i]];
      }
      return items;
    },
    fork: (name) => random(hash(name, seed)),
  };
}
