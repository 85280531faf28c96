import type { Command } from "commander";
import { datasetNames, pretrainedNames } from "../helpers";
import { openData } from "./data";
import { fitOption, print } from "./shared";
import type { Fit } from "../helpers";

interface DatasetsFlags {
  fit?: Fit;
  json?: boolean;
}

export function addDatasets(program: Command): void {
  program
    .command("datasets")
    .description(
      "List the data sets and the pretrained networks that are known by name, or describe one set.",
    )
    .argument("[data]", "a data set, or a folder or archive of your own pictures")
    .addOption(fitOption())
    .option("--json", "print one JSON object")
    .addHelpText("after", "\nExamples:\n  transfer-lab datasets\n  transfer-lab datasets ./photos --json")
    .action(async (what: string | undefined, { json, fit }: DatasetsFlags) => {
      if (what === undefined) {
        print(json, { datasets: datasetNames, pretrained: pretrainedNames }, () =>
          [
            `Data sets: ${datasetNames.join(", ")}`,
            `Pretrained networks: ${pretrainedNames.join(", ")}`,
          ].join("\n"),
        );
        return;
      }
      const set = await openData(what, { fit });
      const { name, classes, input, report } = set;
      const counts = { train: set.train.count, validation: set.validation?.count ?? 0, test: set.test.count };
      print(json, { name, classes, input, counts, ...(report && { report }) }, () =>
        [
          `${name}: ${classes.length} classes (${classes.slice(0, 10).join(", ")}${classes.length > 10 ? ", …" : ""})`,
          `${input.height}×${input.width}, ${input.channels === 1 ? "grey" : "RGB"}`,
          `${counts.train} training, ${counts.validation} validation and ${counts.test} test examples`,
        ].join("\n"),
      );
    });
}
