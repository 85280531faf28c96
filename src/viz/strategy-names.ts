import { STRATEGIES, type Strategy } from "../helpers";
import { PALETTE } from "./chart";

/** What readers call the strategies. */
const NAMES: Record<Strategy, string> = {
  scratch: "from scratch",
  "option-1": "Option 1: head only",
  "option-2": "Option 2: all parameters",
  "head-then-all": "head, then all",
  gradual: "gradual unfreezing",
  discriminative: "discriminative rates",
  "random-frozen": "random layers, frozen",
};

const COLORS: Record<Strategy, string> = {
  "option-1": PALETTE[1],
  "option-2": PALETTE[0],
  scratch: PALETTE[6],
  "random-frozen": PALETTE[3],
  "head-then-all": PALETTE[2],
  gradual: PALETTE[4],
  discriminative: PALETTE[5],
};

export function strategyName(strategy: Strategy): string {
  return NAMES[strategy];
}

/** The part that a sentence needs: "Option 2". */
export function shortStrategyName(strategy: Strategy): string {
  return strategyName(strategy).split(":")[0];
}

/** A colour scale with the same colour for a strategy in every chart. */
export function strategyScale(used: readonly Strategy[]): { domain: string[]; range: string[] } {
  const shown = STRATEGIES.filter((strategy) => used.includes(strategy));
  return { domain: shown.map(strategyName), range: shown.map((strategy) => COLORS[strategy]) };
}
