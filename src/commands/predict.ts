import type { Command } from "commander";
import { loadPretrained, predict, type Fit, type Prediction } from "../helpers";
import { fitOption, percent, print, stopOnInterrupt, wholeNumber } from "./shared";

interface PredictFlags {
  top: number;
  fit?: Fit;
  json?: boolean;
}

export function addPredict(program: Command): void {
  program
    .command("predict")
    .description("Name what is in pictures.")
    .argument("<model>", "a model's folder, or a pretrained network by name")
    .argument("<pictures...>", "paths or addresses")
    .option("--top <n>", "how many classes are named", wholeNumber, 5)
    .addOption(fitOption())
    .option("--json", "print one JSON object")
    .addHelpText("after", "\nExample:\n  transfer-lab predict ./model cat.jpg")
    .action(async (folder: string, pictures: string[], { top, fit, json }: PredictFlags) => {
      const signal = stopOnInterrupt();
      const model = await loadPretrained(folder, { signal });
      const predictions: ({ picture: string } & Pick<Prediction, "classes" | "calibrated">)[] = [];
      for (const picture of pictures) {
        const { classes, calibrated } = await predict(model, picture, { top, fit, signal });
        predictions.push({ picture, classes, calibrated });
      }
      print(json, { predictions }, () =>
        predictions
          .map(({ picture, classes }) => {
            const found = classes.map(({ name, confidence }) => `${name} ${percent(confidence)}`);
            return `${picture}: ${found.join(", ")}`;
          })
          .join("\n"),
      );
    });
}
