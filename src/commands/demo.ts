import type { Command } from "commander";
import { cardOf, loadPretrained, writeDemo, type Fit } from "../helpers";
import { openData } from "./data";
import { fitOption, print } from "./shared";

interface DemoFlags {
  out?: string;
  title?: string;
  examples?: string;
  fit?: Fit;
  json?: boolean;
}

export function addDemo(program: Command): void {
  program
    .command("demo")
    .description(
      "Write a page on which one drops or draws a picture and sees what the model says. It needs no server.",
    )
    .argument("<model>", "a model's folder, or a pretrained network by name")
    .option("--out <folder>", "where the page goes; the model's name with -demo behind it if not given")
    .option("--title <text>", "the heading")
    .option("--examples <data>", "pictures to try it on: a folder or archive, or a data set by name")
    .addOption(fitOption())
    .option("--json", "print one JSON object")
    .addHelpText("after", "\nExample:\n  transfer-lab demo ./model --out ./my-demo")
    .action(async (folder: string, { out, title, examples, fit, json }: DemoFlags) => {
      const model = await loadPretrained(folder);
      const shown =
        examples === undefined ? undefined : (await openData(examples, { like: model, fit })).test;
      const page = await writeDemo(model, out ?? `${cardOf(model).name}-demo`, {
        title,
        fit,
        examples: shown,
      });
      print(json, { page }, () => `Open ${page} in a browser.`);
    });
}
