/** The files that draw a widget in the page. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const live = join(__dirname, "../../../src/live"); // the same from src and from dist

/** Reads what draws a widget: `view.js`, and `view.css` where there is one, in the widget's folder of `src/live`.
 *
 * A page loads a view from a string, so that a view can import nothing.
 * @param folder `"panel"` for `src/live/panel`. */
export function viewFiles(folder: string): { esm: string; css?: string } {
  const [script, style] = ["view.js", "view.css"].map((name) => join(live, folder, name));
  return {
    esm: readFileSync(script, "utf8"),
    ...(existsSync(style) && { css: readFileSync(style, "utf8") }),
  };
}
