import type { Command } from "commander";
import { DETECTOR_KINDS, detectorCensus, loadPretrained, type DetectorKind, type Share } from "../helpers";
import { censusTable } from "../viz";
import { names, print, stopOnInterrupt, wholeNumber } from "./shared";

interface CensusFlags {
  model: string;
  layers?: string[];
  controls: number;
  seed: number;
  json?: boolean;
}

export function addCensus(program: Command): void {
  program
    .command("census")
    .description("Count which units detect straight edges, corners and curves, and how many would by chance.")
    .requiredOption("--model <folder>", "a model's folder, or a pretrained network by name")
    .option("--layers <list>", "the convolutions to count in; the first six if left out", names)
    .option("--controls <n>", "how many networks with random weights it is compared with", wholeNumber, 5)
    .option("--seed <n>", "names the chance", wholeNumber, 1)
    .option("--json", "print one JSON object")
    .addHelpText("after", "\nExample:\n  transfer-lab census --model data/pretrained/cifar10-convnet --json")
    .action(async ({ model: folder, json, ...options }: CensusFlags) => {
      const model = await loadPretrained(folder);
      const census = await detectorCensus(model, { ...options, signal: stopOnInterrupt() });
      const layers = census.layers.map(({ layer, shares, random, gain }) => ({
        layer,
        ...valuesOf(shares),
        random: valuesOf(random),
        gain,
      }));
      print(json, { layers }, () => censusTable(census));
    });
}

function valuesOf(shares: Record<DetectorKind, Share>): Record<string, number> {
  return Object.fromEntries(DETECTOR_KINDS.map((kind) => [kind, shares[kind].value]));
}
