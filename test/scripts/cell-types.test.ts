import { test } from "node:test";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root } from "./load";

const names = ["good", "wrong-type", "unused", "implicit-any", "missing-package"];
const path = (name: string): string => join("test", "scripts", "fixtures", `${name}.ipynb`);

function check(...notebooks: string[]): { status: number | null; out: string; err: string } {
  const args = [join("scripts", "cell-types.mjs"), ...notebooks.map(path)];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  return { status, out: stdout, err: stderr };
}

test("a good notebook passes: package imports, await at the top, a missing semicolon between cells", () => {
  const { status, out, err } = check("good");
  assert.equal(err, "");
  assert.equal(out, "1 notebooks, 3 cells: types are right.\n");
  assert.equal(status, 0);
});

test("each kind of error is named with notebook, code cell and line, and notebooks don't see one another", () => {
  const { status, err } = check(...names);
  assert.equal(status, 1);
  const errors = err.trim().split("\n");
  const expected = [
    `${path("wrong-type")} cell 2, line 2: TS2322: Type 'string' is not assignable to type 'number'.`,
    `${path("unused")} cell 1, line 1: TS6133: 'dirname' is declared but its value is never read.`,
    `${path("unused")} cell 2, line 1: TS6133: 'forgotten' is declared but its value is never read.`,
    `${path("implicit-any")} cell 1, line 1: TS7006: Parameter 'x' implicitly has an 'any' type.`,
    `${path("implicit-any")} cell 2, line 1: TS2532: Object is possibly 'undefined'.`,
    `${path("missing-package")} cell 1, line 1: TS2307: Cannot find module 'not-here' or its corresponding type declarations.`,
    "6 type errors in notebook cells.",
  ];
  assert.deepEqual([...errors].sort(), [...expected].sort());
});
