import { Option, type Command } from "commander";
import {
  calibrate,
  evaluate,
  fineTune,
  loadPretrained,
  recommend,
  replaceHead,
  saveModel,
  STRATEGIES,
  type AugmentationName,
  type Fit,
  type Strategy,
} from "../helpers";
import { report } from "../helpers/report";
import { openData } from "./data";
import { fitOption, percent, print, stopOnInterrupt, wholeNumber } from "./shared";

interface FineTuneFlags {
  from: string;
  data: string;
  out: string;
  option?: "1" | "2" | "auto";
  strategy?: Strategy;
  seed: number;
  augment: AugmentationName;
  balanced?: boolean;
  calibrate?: boolean;
  fit?: Fit;
  json?: boolean;
}

export function addFineTune(program: Command): void {
  program
    .command("fine-tune")
    .description("Train a pretrained network further on your own data, and measure it on the part held out.")
    .requiredOption(
      "--from <network>",
      "a pretrained network by name, a model's folder, or the address of a model.json",
    )
    .requiredOption(
      "--data <data>",
      "a folder or archive with a folder of pictures for each class, or a data set by name",
    )
    .requiredOption("--out <folder>", "where the model goes")
    .addOption(
      new Option(
        "--option <which>",
        "1 trains the output layer only, 2 all parameters, auto cross-validates both first",
      )
        .choices(["1", "2", "auto"])
        .conflicts("strategy"),
    )
    .addOption(new Option("--strategy <name>", "another way to train").choices(STRATEGIES))
    .option("--seed <n>", "names the chance, and which pictures are held out", wholeNumber, 1)
    .option("--augment <name>", "light, photo or none", "light")
    .option("--balanced", "count examples of rare classes more")
    .option(
      "--calibrate",
      "make the confidence true by training on parts of the data again; costs five times as long",
    )
    .addOption(fitOption())
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      "\nExample:\n  transfer-lab fine-tune --from tiny-darknet --data ./photos --option 1 --seed 1 --out ./model --json",
    )
    .action(async ({ from, data, out, seed, augment, balanced, fit, json, ...flags }: FineTuneFlags) => {
      const start = performance.now();
      const signal = stopOnInterrupt();
      const source = await loadPretrained(from, { signal });
      const photos = await openData(data, { like: source, seed, fit, signal });
      let strategy = flags.strategy ?? (flags.option === "2" ? "option-2" : "option-1");
      if (flags.option === "auto") {
        const { choice, why } = await recommend(source, photos, { augment, signal });
        report(why);
        strategy = choice;
      }
      const model = replaceHead(source, { classes: photos.classes, seed });
      report(
        `Training on ${photos.train.count} examples by ${strategy}. Ctrl-C stops it and saves what there is.`,
      );
      const { history } = await fineTune(model, photos.train, {
        strategy,
        seed,
        augment,
        name: photos.name,
        ...(balanced && { classWeights: "balanced" }),
        signal,
      });
      if (!history.stopped && photos.validation) await calibrate(model, photos.validation);
      else if (!history.stopped && flags.calibrate)
        await calibrate(model, photos.train, { source, strategy, seed, augment, signal });
      const evaluation = await evaluate(model, photos.test);
      await saveModel(model, out, { evaluation, on: `${photos.name} test` });
      const { accuracy, low, high, count } = evaluation;
      const seconds = Number(((performance.now() - start) / 1000).toFixed(1));
      const result = {
        option: OPTIONS[strategy] ?? strategy,
        classes: photos.classes,
        examples: photos.train.count,
        test: { accuracy, low, high, n: count },
        seconds,
        out,
        ...(history.stopped && { stopped: true }),
      };
      print(json, result, () => {
        const interval = `${percent(low)} to ${percent(high)}`;
        return `${percent(accuracy)} (95 % interval ${interval}) on ${count} test examples, after ${seconds} s. Saved in ${out}.`;
      });
    });
}

const OPTIONS: Partial<Record<Strategy, number>> = { "option-1": 1, "option-2": 2 };
