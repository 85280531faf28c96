/** Comms of a real kernel, as Jupyter's own client sees them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { noJupyter, python, ROOT } from "./python";

interface Report {
  sent: number;
  comms: number;
  kinds: Record<string, number>;
  between: number;
  during: number;
  wrong: number;
  examples: string[];
}

test(
  "of 10,000 messages on hundreds of comms none is lost, between cells and while one runs",
  { skip: noJupyter },
  async (t) => {
    const { sent, comms, kinds, between, during, wrong, examples } = await python<Report>(
      "protocol.py",
      ROOT,
      "10000",
      "1",
    );
    assert.deepEqual({ wrong, examples }, { wrong: 0, examples: [] });
    assert.equal(sent, 10_000);
    assert.ok(comms > 300 && Object.keys(kinds).length === 4, JSON.stringify(kinds));
    t.diagnostic(
      `half of them took ${between.toFixed(1)} s between cells, half ${during.toFixed(1)} s while one ran`,
    );
  },
);
