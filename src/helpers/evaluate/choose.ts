/** Which option the evidence speaks for. */
import type { Strategy } from "../train";
import { foldsInterval, type MeanInterval } from "./intervals";

/** What one option reached. Plain values. */
export interface OptionEvidence extends MeanInterval {
  strategy: Strategy;
  /** One for each fold, in the order of the folds; the same for all options. */
  accuracies: number[];
  /** How long one training takes: the median over the folds. */
  seconds: number;
  /** What `calibrate` would write into the card of a model trained by this option. */
  temperature: number;
}

/** By how much one option is ahead of another in the same folds, with the 95 % interval of the mean. */
export interface Lead extends MeanInterval {
  of: Strategy;
  over: Strategy;
  /** One for each fold: the difference of the two accuracies. */
  differences: number[];
}

export interface Choice {
  choice: Strategy;
  leads: Lead[];
}

/** The first option, unless another's lead is above zero with its whole interval; then that one.
 * @param options The cheapest first; each has two folds or more.
 * @param sizes How many examples a fold was measured on, and how many it was trained on. */
export function chooseOption(
  options: readonly Pick<OptionEvidence, "strategy" | "accuracies">[],
  sizes: { heldOut: number; trained: number },
): Choice {
  let [best] = options;
  const leads: Lead[] = [];
  for (const option of options.slice(1)) {
    const differences = option.accuracies.map((accuracy, i) => accuracy - best.accuracies[i]);
    const lead = foldsInterval(differences, sizes);
    leads.push({ of: option.strategy, over: best.strategy, differences, ...lead });
    if (lead.low > 0) best = option;
  }
  return { choice: best.strategy, leads };
}

/** The choice and its reason in a sentence or two. */
export function explainChoice(
  { choice, leads }: Choice,
  options: readonly Pick<OptionEvidence, "strategy" | "seconds">[],
): string {
  const secondsOf = (name: Strategy): number => options.find(({ strategy }) => strategy === name)!.seconds;
  const reasons = leads
    .filter(({ of, over }) => of === choice || over === choice)
    .map((lead) => {
      const other = lead.of === choice ? lead.over : lead.of;
      const words =
        lead.low > 0 || lead.high < 0
          ? `better than ${nameOf(other)} by ${points(Math.abs(lead.mean))}`
          : `as good as ${nameOf(other)} within the interval`;
      return `${words}, ${cost(secondsOf(choice), secondsOf(other))}`;
    });
  const figures = leads.map(({ of, over, mean, low, high }) => {
    const interval = `95 % interval ${number(low)} to ${number(high)}`;
    const verdict = low > 0 || high < 0 ? "" : ": that may be chance";
    return `${nameOf(of)}'s lead over ${nameOf(over)} is ${points(mean)} (${interval})${verdict}.`;
  });
  return [`${nameOf(choice)}: ${reasons.join("; ")}.`, ...figures].join(" ");
}

/** `"option-1"` → `"Option 1"`; the others are called by their names. */
export function nameOf(strategy: Strategy): string {
  return strategy.replace(/^option-/, "Option ");
}

function cost(own: number, other: number): string {
  const times = (ratio: number): string =>
    ratio >= 2 ? `${Math.round(ratio)} times` : `${ratio.toFixed(1)} times`;
  if (own * 1.2 < other) return `and ${times(other / own)} cheaper`;
  if (own > other * 1.2) return `at ${times(own / other)} the cost`;
  return "at about the same cost";
}

function points(share: number): string {
  return `${number(share)} points`;
}

/** In percentage points, with a minus that can be read. */
function number(share: number): string {
  return (100 * share)
    .toFixed(1)
    .replace(/^-0\.0$/, "0.0")
    .replace("-", "−");
}
