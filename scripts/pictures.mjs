// Takes the README's pictures from the saved outputs of the notebooks: node scripts/pictures.mjs
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "./notebooks/write-whole.mjs";
import { root } from "./setup/paths.mjs";

/** Which picture of which notebook: the last cell whose code has `code`. */
const PICTURES = [
  { file: "accuracy-against-data-size.png", notebook: "05", code: "showAccuracyVsDataSize(curve)" },
  { file: "filters-before.png", notebook: "01", code: "showFilters(source)", first: true },
  { file: "filters-after.png", notebook: "01", code: "showFilters(source)" },
  { file: "panel.png", notebook: "08", code: "panel.show()" },
  { file: "detectors.png", notebook: "06", code: "showDetectorCensus(census)" },
];

const folder = join(root, "notebooks");
for (const { file, notebook, code, first } of PICTURES) {
  const name = readdirSync(folder).find((name) => name.startsWith(notebook));
  const { cells } = JSON.parse(readFileSync(join(folder, name), "utf8"));
  const found = cells.filter(
    ({ cell_type, source }) => cell_type === "code" && source.join("").includes(code),
  );
  const cell = first ? found[0] : found.at(-1);
  const png = cell?.outputs.map(({ data }) => data?.["image/png"]).find(Boolean);
  if (!png) {
    console.error(
      `Cannot take ${file} from ${name}: no saved output of ${code} has a picture. Run it with --write.`,
    );
    process.exit(1);
  }
  writeWhole(join(root, "docs", file), Buffer.from(Array.isArray(png) ? png.join("") : png, "base64"));
  console.log(`docs/${file} from ${name}`);
}
