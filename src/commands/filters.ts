import { InvalidArgumentError, type Command } from "commander";
import { firstLayerFilters, loadPretrained } from "../helpers";
import { writeWhole } from "../helpers/write-whole";
import { describeFilters, filtersPicture } from "../viz";
import { print } from "./shared";

interface FiltersFlags {
  model: string;
  out: string;
  json?: boolean;
}

export function addFilters(program: Command): void {
  program
    .command("filters")
    .description("Draw the first convolution's filters, sorted into edges, blobs and neither.")
    .requiredOption("--model <folder>", "a model's folder, or a pretrained network by name")
    .requiredOption("--out <file>", "where the picture goes, a .png", pngFile)
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      "\nExample:\n  transfer-lab filters --model data/pretrained/cifar10-convnet --out filters.png",
    )
    .action(async ({ model: folder, out, json }: FiltersFlags) => {
      const found = await firstLayerFilters(await loadPretrained(folder));
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
}

function pngFile(text: string): string {
  if (!/\.png$/i.test(text)) throw new InvalidArgumentError("It has to end in .png.");
  return text;
}
