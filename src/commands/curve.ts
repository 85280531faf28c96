import type { Command } from "commander";
import {
  accuracyVsDataSize,
  loadDataset,
  loadPretrained,
  STRATEGIES,
  type AugmentationName,
  type DatasetName,
  type Strategy,
  type Workers,
} from "../helpers";
import { curveTable, describeCrossover } from "../viz";
import { names, print, stopOnInterrupt, wholeNumber, wholeNumbers } from "./shared";

interface CurveFlags {
  from: string;
  target: DatasetName;
  orElse?: DatasetName;
  sizes: number[];
  strategies: string[];
  seeds: number;
  augment: AugmentationName;
  workers: Workers;
  resume?: string;
  json?: boolean;
}

export function addCurve(program: Command): void {
  program
    .command("curve")
    .description("Measure test accuracy against the number of labelled examples, for several strategies.")
    .requiredOption("--from <folder>", "the source: a pretrained network by name, or a model's folder")
    .requiredOption("--target <name>", "the data set to transfer to, e.g. mnist")
    .option("--or-else <name>", "the set to use where the target cannot be had, e.g. pen-digits")
    .option("--sizes <list>", "numbers of examples", wholeNumbers, [10, 50, 1000])
    .option("--strategies <list>", STRATEGIES.join(", "), names, ["scratch", "option-1", "option-2"])
    .option("--seeds <n>", "how often each is repeated", wholeNumber, 5)
    .option("--augment <name>", "light, photo or none", "light")
    .option(
      "--workers <n>",
      "processes that run trials side by side: a number, or auto (by cores and free memory)",
      (text) => (text === "auto" ? text : wholeNumber(text)),
      "auto",
    )
    .option("--resume <file>", "a JSONL file that remembers finished trials")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      "\nExample:\n  transfer-lab curve --from data/pretrained/cifar10-convnet --target mnist --sizes 10,50,1000 --seeds 5 --json",
    )
    .action(async ({ from, target: name, orElse, json, strategies, ...options }: CurveFlags) => {
      const signal = stopOnInterrupt();
      const source = await loadPretrained(from);
      const target = await loadDataset(name, { like: source, orElse, signal });
      const curve = await accuracyVsDataSize({
        source,
        target,
        strategies: strategies as Strategy[],
        ...options,
        signal,
      });
      const points = curve.points.map(({ size, strategy, mean, low, high, seeds }) => ({
        size,
        strategy,
        mean,
        low,
        high,
        seeds,
      }));
      print(
        json,
        { points, crossover: curve.crossover },
        () => `${curveTable(curve)}\n${describeCrossover(curve)}`,
      );
      if (curve.stopped) process.exitCode = 1;
    });
}
