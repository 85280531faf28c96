import type { Command } from "commander";
import {
  buildConvNet,
  cardOf,
  describeCard,
  evaluate,
  loadDataset,
  pretrain,
  saveModel,
  type DatasetName,
} from "../helpers";
import { report } from "../helpers/report";
import { percent, print, stopOnInterrupt, wholeNumber } from "./shared";

interface PretrainFlags {
  data: DatasetName;
  out: string;
  epochs: number;
  seed: number;
  name: string;
  json?: boolean;
}

export function addPretrain(program: Command): void {
  program
    .command("pretrain")
    .description("Train the convolutional network from random parameters on a large labelled set.")
    .requiredOption("--data <name>", "the data set, e.g. cifar10 or scenes")
    .requiredOption("--out <folder>", "where the model goes")
    .option("--epochs <n>", "how often every example is seen", wholeNumber, 4)
    .option("--seed <n>", "names the chance", wholeNumber, 1)
    .option("--name <name>", "what the model's card calls it", "convnet")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      "\nExample:\n  transfer-lab pretrain --data cifar10 --epochs 4 --seed 1 --out ./my-source",
    )
    .action(async ({ data, out, epochs, seed, name, json }: PretrainFlags) => {
      const signal = stopOnInterrupt();
      const photos = await loadDataset(data, { seed, signal });
      const { height, width, channels } = photos.input;
      const model = buildConvNet({
        inputShape: [height, width, channels],
        classes: photos.classes,
        seed,
        name,
      });
      report(
        `Training on ${photos.train.count} examples of ${photos.name}. Ctrl-C stops it and saves what there is.`,
      );
      const { history } = await pretrain(model, photos, { epochs, seed, signal });
      const evaluation = await evaluate(model, photos.test);
      await saveModel(model, out, { evaluation, on: `${photos.name} test` });
      const { accuracy, low, high, count } = evaluation;
      print(json, { out, stopped: history.stopped, test: { accuracy, low, high, n: count } }, () => {
        const interval = `${percent(low)} to ${percent(high)}`;
        return `${describeCard(cardOf(model))}: ${percent(accuracy)} (${interval}) on ${count} test examples. Saved in ${out}.`;
      });
    });
}
