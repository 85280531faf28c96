// Runs the unit tests: every test/**/*.test.ts, or those whose path holds one of the words given.
// --quick leaves out those that start kernels, command lines, browsers and processes, read whole data sets, run
// large networks, or look into many units.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";

const SLOW = [
  "test/notebooks/",
  "test/live/jupyter/",
  "test/live/explorer/",
  "test/cli.test.ts",
  "test/helpers/data/load-dataset.test.ts",
  "test/helpers/data/near-duplicates.test.ts",
  "test/helpers/evaluate/learning-curve.test.ts",
  "test/helpers/evaluate/trial-pool.test.ts",
  "test/helpers/inspect/any-model.test.ts",
  "test/helpers/model/demo-page.test.ts",
  "test/helpers/model/real-tiny-darknet.test.ts",
  "test/helpers/model/weights/damaged.test.ts",
  "test/helpers/train/published-transfer.test.ts",
];

const quick = process.argv.includes("--quick");
const words = process.argv.slice(2).filter((word) => word !== "--quick");
const files = readdirSync("test", { recursive: true })
  .map((file) => `test/${file}`.replaceAll("\\", "/"))
  .filter((file) => file.endsWith(".test.ts") && (words.length === 0 || words.some((w) => file.includes(w))))
  .filter((file) => !quick || !SLOW.some((slow) => file.startsWith(slow)))
  .sort();
if (files.length === 0) {
  console.error(`No unit test has ${words.join(" or ")} in its path.`);
  process.exit(1);
}
const { status } = spawnSync(
  process.execPath,
  ["--import", "tsx", "--test", `--test-concurrency=${availableParallelism()}`, ...files],
  { stdio: "inherit" },
);
process.exit(status ?? 1);
