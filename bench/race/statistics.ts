/** What is made of the turns: medians, quartiles and ratios. */

/** The value below which a share of the numbers lies; between two of them in proportion.
 * @param share 0…1. */
export function quantile(numbers: readonly number[], share: number): number {
  if (numbers.length === 0) return NaN;
  const sorted = [...numbers].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)];
  return below + (place - Math.floor(place)) * (sorted[Math.ceil(place)] - below);
}

export const median = (numbers: readonly number[]): number => quantile(numbers, 0.5);

/** A median with its quartiles. */
export interface Spread {
  median: number;
  low: number;
  high: number;
}

export function spreadOf(numbers: readonly number[]): Spread {
  return { median: median(numbers), low: quantile(numbers, 0.25), high: quantile(numbers, 0.75) };
}

/** How many times as fast ours is: in each round a peer's time over ours, for the same work.
 * @param ours,peer Times of the rounds, in the same order; rounds that one of them lacks don't count. */
export function speedRatio(ours: readonly number[], peer: readonly number[]): Spread {
  const rounds = Math.min(ours.length, peer.length);
  return spreadOf(Array.from({ length: rounds }, (_, round) => peer[round] / ours[round]));
}
