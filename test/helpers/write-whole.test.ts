import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { writeWhole } from "../../src/helpers/write-whole";

test("a file is there whole, in place of an old one, or not at all", async () => {
  const folder = mkdtempSync(join(tmpdir(), "transfer-lab-"));
  try {
    const file = join(folder, "a.txt");
    await writeWhole(file, "first");
    await writeWhole(file, Buffer.from("second"));
    assert.equal(readFileSync(file, "utf8"), "second");
    mkdirSync(join(folder, "b.txt", "full"), { recursive: true });
    await assert.rejects(writeWhole(join(folder, "b.txt"), "third"), /Cannot write ".*b\.txt": /);
    await assert.rejects(
      writeWhole(join(folder, "none", "a.txt"), "fourth"),
      /Cannot write ".*a\.txt": there is no folder ".*none"/,
    );
    assert.deepEqual(readdirSync(folder).sort(), ["a.txt", "b.txt"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
