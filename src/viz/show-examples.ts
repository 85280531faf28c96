import { imageAt, type Examples } from "../helpers";
import { showPicture } from "./picture";
import { imageGrid, type Raster } from "./raster";

export interface ShowExamplesOptions {
  /** The first so many of each class, a row a class. */
  perClass?: number;
  /** The first so many, whatever their class; in place of `perClass`. */
  count?: number;
  title?: string;
}

/** Shows labelled images: a row for each class, or the first few.
 * @throws RangeError where there is nothing to show.
 * @example
 * await showExamples(digits.train, { perClass: 8 }); */
export async function showExamples(
  examples: Examples,
  { perClass = 8, count, title }: ShowExamplesOptions = {},
): Promise<void> {
  const { classes, labels, input } = examples;
  const raster = (index: number, label?: string): Raster => ({
    ...input,
    pixels: imageAt(examples, index),
    label,
  });
  const scale = Math.max(1, Math.round(44 / input.width));
  if (count !== undefined) {
    const images = Array.from({ length: Math.min(count, examples.count) }, (_, i) =>
      raster(i, classes[labels[i]]),
    );
    showPicture(imageGrid(images, { columns: 10, scale, title }), `${images.length} examples`);
    return;
  }
  const rows = classes.map((_, c) => firstOf(labels, c, perClass));
  const columns = Math.max(...rows.map((row) => row.length));
  const blank: Raster = {
    pixels: new Uint8Array(input.height * input.width),
    ...input,
    channels: 1,
    range: [-1, 0],
  };
  const images = rows.flatMap((row) =>
    Array.from({ length: columns }, (_, i) => (i < row.length ? raster(row[i]) : blank)),
  );
  const alternative = `${columns} examples of each class: ${classes.join(", ")}`;
  showPicture(imageGrid(images, { columns, scale, gap: 3, title, rowLabels: classes }), alternative);
}

function firstOf(labels: Int32Array, label: number, most: number): number[] {
  const found: number[] = [];
  for (let i = 0; i < labels.length && found.length < most; i++) if (labels[i] === label) found.push(i);
  return found;
}
