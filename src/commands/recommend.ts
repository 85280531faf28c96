import { Option, type Command } from "commander";
import {
  loadPretrained,
  recommend,
  STRATEGIES,
  type AugmentationName,
  type Fit,
  type Strategy,
} from "../helpers";
import { recommendationTable } from "../viz";
import { openData } from "./data";
import { fitOption, print, stopOnInterrupt, wholeNumber } from "./shared";

interface RecommendFlags {
  from: string;
  data: string;
  strategies?: Strategy[];
  folds: number;
  maxSeconds?: number;
  augment: AugmentationName;
  fit?: Fit;
  seed: number;
  json?: boolean;
}

export function addRecommend(program: Command): void {
  program
    .command("recommend")
    .description("Tell which option suits your data, by cross-validation on its training part.")
    .requiredOption(
      "--from <network>",
      "a pretrained network by name, a model's folder, or the address of a model.json",
    )
    .requiredOption("--data <data>", "a folder or archive of pictures, or a data set by name")
    .addOption(
      new Option("--strategies <names...>", "what is compared; option-1 and option-2").choices(STRATEGIES),
    )
    .option("--folds <n>", "into how many parts the examples are dealt", wholeNumber, 5)
    .option("--max-seconds <n>", "the longest it may take", wholeNumber)
    .option("--augment <name>", "light, photo or none", "light")
    .option("--seed <n>", "which pictures are held out, and never looked at", wholeNumber, 1)
    .addOption(fitOption())
    .option("--json", "print one JSON object")
    .addHelpText("after", "\nExample:\n  transfer-lab recommend --from tiny-darknet --data ./photos")
    .action(async ({ from, data, seed, fit, json, ...options }: RecommendFlags) => {
      const signal = stopOnInterrupt();
      const source = await loadPretrained(from, { signal });
      const photos = await openData(data, { like: source, seed, fit, signal });
      const found = await recommend(source, photos, { ...options, signal });
      print(json, found, () => recommendationTable(found));
      if (found.stopped) process.exitCode = 1;
    });
}
