#!/usr/bin/env node
/** The command line: parses, calls, prints. Results go to stdout, all else to stderr. */
import { Command, InvalidArgumentError } from "commander";
import {
  accuracyVsDataSize,
  buildConvNet,
  cardOf,
  describeCard,
  DETECTOR_KINDS,
  detectorCensus,
  evaluate,
  firstLayerFilters,
  loadDataset,
  loadModel,
  pretrain,
  saveModel,
  STRATEGIES,
  version,
  type AugmentationName,
  type DatasetName,
  type DetectorKind,
  type Share,
  type Strategy,
} from "./helpers";
import { report, setReporter } from "./helpers/report";
import { writeWhole } from "./helpers/write-whole";
import {
  censusTable,
  curveTable,
  describeCrossover,
  describeFilters,
  filtersPicture,
  terminalReporter,
} from "./viz";

const program = new Command("transfer-lab")
  .description("Transfer learning on images: pre-train, replace the output layer, fine-tune, measure.")
  .version(version)
  .showHelpAfterError("(--help shows what is allowed)")
  .exitOverride(); // wrong use is told apart from a failure: see main

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

program
  .command("curve")
  .description("Measure test accuracy against the number of labelled examples, for several strategies.")
  .requiredOption("--from <folder>", "the source: a model's folder")
  .requiredOption("--target <name>", "the data set to transfer to, e.g. mnist")
  .option("--or-else <name>", "the set to use where the target cannot be had, e.g. pen-digits")
  .option("--sizes <list>", "numbers of examples", wholeNumbers, [10, 50, 1000])
  .option("--strategies <list>", STRATEGIES.join(", "), names, ["scratch", "option-1", "option-2"])
  .option("--seeds <n>", "how often each is repeated", wholeNumber, 5)
  .option("--augment <name>", "light, photo or none", "light")
  .option("--resume <file>", "a JSONL file that remembers finished trials")
  .option("--json", "print one JSON object")
  .addHelpText(
    "after",
    "\nExample:\n  transfer-lab curve --from data/pretrained/cifar10-convnet --target mnist --sizes 10,50,1000 --seeds 5 --json",
  )
  .action(async ({ from, target: name, orElse, json, strategies, ...options }: CurveFlags) => {
    const signal = stopOnInterrupt();
    const source = await loadModel(from);
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

program
  .command("census")
  .description("Count which units detect straight edges, corners and curves, and how many would by chance.")
  .requiredOption("--model <folder>", "the model's folder")
  .option("--layers <list>", "the convolutions to count in; the first six if left out", names)
  .option("--controls <n>", "how many networks with random weights it is compared with", wholeNumber, 5)
  .option("--seed <n>", "names the chance", wholeNumber, 1)
  .option("--json", "print one JSON object")
  .addHelpText("after", "\nExample:\n  transfer-lab census --model data/pretrained/cifar10-convnet --json")
  .action(async ({ model: folder, json, ...options }: CensusFlags) => {
    const model = await loadModel(folder);
    const census = await detectorCensus(model, { ...options, signal: stopOnInterrupt() });
    const layers = census.layers.map(({ layer, shares, random, gain }) => ({
      layer,
      ...valuesOf(shares),
      random: valuesOf(random),
      gain,
    }));
    print(json, { layers }, () => censusTable(census));
  });

program
  .command("filters")
  .description("Draw the first convolution's filters, sorted into edges, blobs and neither.")
  .requiredOption("--model <folder>", "the model's folder")
  .requiredOption("--out <file>", "where the picture goes, a .png", pngFile)
  .option("--json", "print one JSON object")
  .addHelpText(
    "after",
    "\nExample:\n  transfer-lab filters --model data/pretrained/cifar10-convnet --out filters.png",
  )
  .action(async ({ model: folder, out, json }: FiltersFlags) => {
    const found = await firstLayerFilters(await loadModel(folder));
    await writeWhole(out, filtersPicture(found).png);
    const filters = found.filters.map(({ unit, kind, angle, frequency, gaborR2 }) => ({
      unit,
      kind,
      angle,
      frequency,
      gaborR2,
    }));
    print(json, { layer: found.layer, filters, out }, () => `${describeFilters(found)}\nDrawn in ${out}.`);
  });

interface PretrainFlags {
  data: DatasetName;
  out: string;
  epochs: number;
  seed: number;
  name: string;
  json?: boolean;
}

interface CurveFlags {
  from: string;
  target: DatasetName;
  orElse?: DatasetName;
  sizes: number[];
  strategies: string[];
  seeds: number;
  augment: AugmentationName;
  resume?: string;
  json?: boolean;
}

interface CensusFlags {
  model: string;
  layers?: string[];
  controls: number;
  seed: number;
  json?: boolean;
}

interface FiltersFlags {
  model: string;
  out: string;
  json?: boolean;
}

function valuesOf(shares: Record<DetectorKind, Share>): Record<string, number> {
  return Object.fromEntries(DETECTOR_KINDS.map((kind) => [kind, shares[kind].value]));
}

function print(json: boolean | undefined, value: object, describe: () => string): void {
  process.stdout.write(`${json ? JSON.stringify(value) : describe()}\n`);
}

/** Ctrl-C ends the work between two batches; a second one ends the program. */
function stopOnInterrupt(): AbortSignal {
  const controller = new AbortController();
  process.once("SIGINT", () => controller.abort());
  return controller.signal;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("It has to be a whole number.");
  return Number(text);
}

function wholeNumbers(text: string): number[] {
  return names(text).map(wholeNumber);
}

function pngFile(text: string): string {
  if (!/\.png$/i.test(text)) throw new InvalidArgumentError("It has to end in .png.");
  return text;
}

function names(text: string): string[] {
  return text.split(",").map((part) => part.trim());
}

async function main(): Promise<void> {
  setReporter(terminalReporter());
  try {
    await program.parseAsync();
  } catch (error) {
    const { code, message, exitCode } = error as Error & { code?: string; exitCode?: number };
    if (code?.startsWith("commander."))
      process.exitCode = exitCode === 0 ? 0 : 2; // commander has said what is wrong
    else {
      process.stderr.write(`${message}\n`);
      process.exitCode = 1;
    }
  }
}

void main();
