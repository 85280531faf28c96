import type { Command } from "commander";
import { evaluate, loadPretrained, type Fit } from "../helpers";
import { evaluationTable } from "../viz";
import { openData } from "./data";
import { fitOption, print, stopOnInterrupt } from "./shared";

interface EvaluateFlags {
  data: string;
  fit?: Fit;
  seed?: number;
  json?: boolean;
}

export function addEvaluate(program: Command): void {
  program
    .command("evaluate")
    .description("Measure a model on the test part of a data set.")
    .argument("<model>", "a model's folder, or a pretrained network by name")
    .requiredOption("--data <data>", "a folder or archive of pictures, or a data set by name")
    .addOption(fitOption())
    .option("--json", "print one JSON object")
    .addHelpText("after", "\nExample:\n  transfer-lab evaluate ./model --data ./photos --json")
    .action(async (folder: string, { data, fit, json }: EvaluateFlags) => {
      const model = await loadPretrained(folder);
      const { test } = await openData(data, { like: model, fit, signal: stopOnInterrupt() });
      const evaluation = await evaluate(model, test);
      const { accuracy, low, high, loss, count: n, classes, perClass, confusion } = evaluation;
      print(json, { accuracy, low, high, n, loss, classes, perClass, confusion }, () =>
        evaluationTable(evaluation),
      );
    });
}
