/** What the benchmark is asked for. */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { CASES, type Case } from "./cases";

export interface Options {
  cases: Case[];
  /** Numbers of cores, each measured by itself. */
  cores: number[];
  rounds?: number;
  quick: boolean;
  patienceMs: number;
  python?: string;
  json: boolean;
  out?: string;
  chart?: string;
  markdown: boolean;
  readme?: string;
  /** Files with figures of earlier runs, in place of new ones; with commas between. */
  from?: string;
}

export const HELP = `npm run bench -- [options]

  --json            the figures on stdout as { ratios, rows, machine, versions }
  --out FILE        the same into a file, after each case
  --markdown        a table on stdout
  --readme FILE     replaces the table in a file between its two markers
  --chart FILE      a chart as PNG
  --from FILES      takes the figures from files that --out wrote, with commas between
  --only NAMES      of ${CASES.map(({ name }) => name).join(",")}
  --cores NUMBERS   e.g. 1 or 1,2; one and all without it
  --rounds N        turns of each contender
  --quick           few turns: to see that it works, not to believe
  --patience S      how long a case waits for quiet turns on a busy machine; 60
  --python FILE     an interpreter that has PyTorch and Keras, in place of the benchmark's own
  --no-peers        this package and stock TensorFlow.js alone
`;

/** @throws Error for what there is not. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: "boolean", default: false },
      out: { type: "string" },
      markdown: { type: "boolean", default: false },
      readme: { type: "string" },
      chart: { type: "string" },
      from: { type: "string" },
      only: { type: "string" },
      cores: { type: "string" },
      rounds: { type: "string" },
      quick: { type: "boolean", default: false },
      patience: { type: "string" },
      python: { type: "string" },
      "no-peers": { type: "boolean", default: false },
    },
  });
  const { only, cores, rounds, patience, python, quick, "no-peers": noPeers, ...rest } = values;
  return {
    ...rest,
    quick,
    cases: only ? only.split(",").map(caseNamed) : CASES,
    cores: cores ? cores.split(",").map((text) => wholeNumber("cores", text)) : defaultCores(),
    rounds: rounds === undefined ? undefined : wholeNumber("rounds", rounds),
    patienceMs: 1000 * (patience === undefined ? (quick ? 0 : 60) : Number(patience)),
    python: noPeers ? undefined : python,
  };
}

function caseNamed(name: string): Case {
  const found = CASES.find((one) => one.name === name);
  if (!found)
    throw new Error(`Cannot measure "${name}": there are ${CASES.map((one) => one.name).join(", ")}.`);
  return found;
}

function defaultCores(): number[] {
  // Only on Linux can a process be kept on some of the cores.
  return process.platform === "linux" ? [...new Set([availableParallelism(), 1])] : [availableParallelism()];
}

function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (!(Number.isInteger(number) && number >= 1))
    throw new Error(`Cannot measure: ${name} is a whole number from 1. Received: ${text}.`);
  return number;
}
