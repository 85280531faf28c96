/** The commands of the command line, in the order of the lecture. Each parses, calls, prints. */
import type { Command } from "commander";
import { addCensus } from "./census";
import { addCurve } from "./curve";
import { addDatasets } from "./datasets";
import { addDemo } from "./demo";
import { addEvaluate } from "./evaluate";
import { addFilters } from "./filters";
import { addFineTune } from "./fine-tune";
import { addPredict } from "./predict";
import { addPretrain } from "./pretrain";
import { addRecommend } from "./recommend";

const COMMANDS = [
  addDatasets,
  addPretrain,
  addFineTune,
  addEvaluate,
  addPredict,
  addCurve,
  addRecommend,
  addCensus,
  addFilters,
  addDemo,
];

export function addCommands(program: Command): void {
  for (const add of COMMANDS) add(program);
}
