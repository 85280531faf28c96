// The figures that notebooks are expected to report: test/golden/NOTEBOOK.json, by profile.
import { existsSync, readFileSync } from "node:fs";
import { writeWhole } from "./write-whole.mjs";

const read = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {});

/** @returns One message for each figure that is off, unknown, or no longer reported. */
export function compareFigures(file, profile, figures) {
  const expected = read(file)[profile] ?? {};
  const accept = "accept it with --write";
  const off = figures.flatMap(({ cell, name, value }) => {
    if (!(name in expected)) return [{ cell, message: `figure "${name}" is not on record: ${accept}` }];
    const { value: known, tolerance } = expected[name];
    if (Math.abs(value - known) <= tolerance + 1e-6 * Math.abs(known)) return [];
    return [
      {
        cell,
        message: `figure "${name}" is ${value}, on record ${known} ± ${tolerance}: mend it, or ${accept}`,
      },
    ];
  });
  const reported = new Set(figures.map(({ name }) => name));
  const gone = Object.keys(expected).filter((name) => !reported.has(name));
  return [
    ...off,
    ...gone.map((name) => ({
      cell: 0,
      message: `figure "${name}" is on record but was not reported: ${accept}`,
    })),
  ];
}

export function writeFigures(file, profile, figures) {
  const rounded = (value) => Number(value.toPrecision(6));
  const entries = figures.map(({ name, value, tolerance, unit }) => [
    name,
    { value: rounded(value), tolerance, unit },
  ]);
  writeWhole(file, `${JSON.stringify({ ...read(file), [profile]: Object.fromEntries(entries) }, null, 2)}\n`);
}
