/** A widget of this project beside one of Python's anywidget. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { layoutFields, viewFields } from "../../../src/live/widget/fields";
import { noJupyter, python } from "./python";

const PROGRAM = `
import json, anywidget
class Counter(anywidget.AnyWidget):
    _esm = "export default {}"
widget = Counter()
box = {key: value for key, value in widget.layout.get_state().items() if key.startswith("_")}
print(json.dumps({"widget": {**widget.get_state(), "layout": None}, "box": box}))
`;

test("the fields are those of Python's anywidget of this version", { skip: noJupyter }, async () => {
  const { widget, box } = await python<Record<string, Record<string, unknown>>>("-c", PROGRAM);
  const { _anywidget_id: id, _esm: esm, ...others } = widget;
  assert.equal(typeof id, "string");
  assert.equal(esm, "export default {}");
  const { _anywidget_id: own, layout, ...mine } = viewFields("Counter", "a");
  assert.deepEqual([own, layout], ["transfer-lab.Counter", "IPY_MODEL_a"]);
  assert.deepEqual({ ...mine, layout: null }, others);
  assert.deepEqual(layoutFields({ width: "9px" }), { ...box, _view_count: null, width: "9px" });
});
