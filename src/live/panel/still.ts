/** The panel where nothing runs. */
import { renderChart } from "../../viz";
import type { Still } from "../widget";
import { freezingOf, pictureOf } from "./picture";
import type { PanelState } from "./state";

/** A picture of the panel, and in words its layers and the settings that were tried. */
export async function stillOf(state: PanelState): Promise<Still> {
  const { png, width, height } = await renderChart(pictureOf(state));
  return {
    data: { "image/png": png.toString("base64"), "text/plain": inWords(state) },
    metadata: { "image/png": { width, height } },
  };
}

function inWords({ rows, frozen, history, trainable, total }: PanelState): string {
  const tried = history.map(
    ({ code, testAccuracy }) => `  ${code} // ${(100 * testAccuracy).toFixed(1)} % of test images`,
  );
  return [
    `Freeze panel: ${trainable.toLocaleString("en")} of ${total.toLocaleString("en")} parameters train`,
    ...rows.map((row) => `  ${row.name} (${row.kind}): ${freezingOf(row, frozen)}`),
    ...(tried.length > 0 ? ["Tried:", ...tried] : []),
  ].join("\n");
}
