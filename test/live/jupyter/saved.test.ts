/** The headless runner saves the widgets of a notebook with it. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { writeCounter } from "./counter";
import { jupyterEnv, noJupyter, PYTHON, ROOT } from "./python";

const STATE = "application/vnd.jupyter.widget-state+json";

test(
  "a notebook that ran headless holds its widgets, with the same ids each time",
  { skip: noJupyter },
  async () => {
    const folder = mkdtempSync(join(ROOT, "notebooks", ".fixtures-"));
    try {
      const path = writeCounter(folder, { cells: 2 });
      const env = { ...(await jupyterEnv()), TRANSFER_LAB_HEADLESS: "1" };
      const texts = [1, 2].map((run) => {
        const result = join(folder, `${run}.json`);
        const script = join(ROOT, "scripts", "notebooks", "execute.py");
        execFileSync(PYTHON, [script, path, result, "60"], { env, stdio: "ignore" });
        const { failure, text } = JSON.parse(readFileSync(result, "utf8"));
        assert.equal(failure, null);
        return text as string;
      });
      assert.equal(texts[0], texts[1]);
      const { metadata, cells } = JSON.parse(texts[0]);
      const { data } = cells[1].outputs[0];
      const id = data["application/vnd.jupyter.widget-view+json"].model_id;
      const { state, version_major: version } = metadata.widgets[STATE];
      assert.equal(version, 2);
      assert.equal(state[id].state.count, 3);
      assert.equal(state[state[id].state.layout.replace("IPY_MODEL_", "")].model_name, "LayoutModel");
      assert.equal(Buffer.from(state[id].buffers[0].data, "base64").length, 256);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
