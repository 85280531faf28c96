/** The commands of the command line, in the order of the lecture. Each parses, calls, prints. */
import type { Command } from "commander";
import { addCensus } from "./census";
import { addCurve } from "./curve";
import { addFilters } from "./filters";
import { addPretrain } from "./pretrain";

export function addCommands(program: Command): void {
  for (const add of [addPretrain, addCurve, addCensus, addFilters]) add(program);
}
