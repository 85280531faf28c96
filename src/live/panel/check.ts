/** What a panel can be made of. */
import { checkFits, checkGivesLogits, type Dataset, type tf } from "../../helpers";
import type { FreezePanelOptions } from "./panel";

/** @throws TypeError where there is no data set; Error where it does not fit the model. */
export function checkData(model: tf.LayersModel, data: Dataset): void {
  if (!(data?.train && data.test))
    throw new TypeError(
      `Cannot make a freeze panel: it needs a data set with train and test, as loadDataset gives it. Received: ${data && typeof data === "object" ? `an object with ${Object.keys(data).join(", ")}` : String(data)}.`,
    );
  for (const part of [data.train, data.test]) checkFits(model, part, "make a freeze panel");
  checkGivesLogits(model, "make a freeze panel");
}

/** @throws RangeError for options out of range. */
export function checkPanelOptions({ seed, testExamples = 1 }: FreezePanelOptions): void {
  for (const [name, value, low] of [
    ["seed", seed, -Infinity],
    ["testExamples", testExamples, 1],
  ] as const)
    if (!(Number.isInteger(value) && value >= low))
      throw new RangeError(
        `Cannot make a freeze panel: ${name} is a whole number${low === 1 ? " from 1" : ""}. Received: ${value}.`,
      );
}
