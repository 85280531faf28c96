/** What an experiment is asked to compare, checked at its door. */
import { STRATEGIES, type Strategy } from "../train";

/** The seeds to repeat over: 1 to `seeds`, or those listed.
 * @throws RangeError where there is none, or one is there twice. */
export function seedsOf(seeds: number | readonly number[]): number[] {
  const list = typeof seeds === "number" ? Array.from({ length: seeds }, (_, i) => i + 1) : [...seeds];
  if (list.length === 0 || list.some((seed) => !Number.isInteger(seed)) || new Set(list).size < list.length)
    throw new RangeError(
      `Cannot repeat over seeds: say how many (1 or more) or list distinct whole numbers. Received: ${JSON.stringify(seeds)}.`,
    );
  return list;
}

/** @throws RangeError for a name that is none of {@link STRATEGIES}. */
export function checkStrategies(strategies: readonly Strategy[]): void {
  for (const strategy of strategies)
    if (!STRATEGIES.includes(strategy))
      throw new RangeError(
        `Cannot compare ${JSON.stringify(strategy)}: the strategies are ${STRATEGIES.join(", ")}.`,
      );
}
