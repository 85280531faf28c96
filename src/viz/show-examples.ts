import { imageAt, type Examples } from "../helpers";
import { showPicture } from "./picture";
import { imageGrid, type Raster } from "./raster";

export interface ShowExamplesOptions {
  /** The first so many of each class, a row a class; 8, or one where there are more than 20 classes. */
  perClass?: number;
  /** The first so many, whatever their class; in place of `perClass`. */
  count?: number;
  title?: string;
}

const ROOM = 600; // CSS px, across
const TILE = 60; // CSS px, about what one image takes
const COLUMNS = 8;
const MANY_CLASSES = 20;

/** Shows labelled images: a row for each class, or the first few.
 * @throws RangeError where there is nothing to show.
 * @example
 * await showExamples(digits.train, { perClass: 8 }); */
export async function showExamples(examples: Examples, options: ShowExamplesOptions = {}): Promise<void> {
  const { classes } = examples;
  const { perClass = classes.length > MANY_CLASSES ? 1 : COLUMNS, count, title } = options;
  const most = count ?? perClass;
  if (examples.count === 0 || !Number.isInteger(most) || most < 1)
    throw new RangeError(
      `Cannot show examples: it takes a whole number from 1, and examples. Received: ${most} of ${examples.count}.`,
    );
  if (count === undefined && perClass > 1) showRows(examples, perClass, title);
  else if (count === undefined)
    showTiles(examples, firstOfEach(examples), `One example of each class`, title);
  else {
    const shown = Math.min(count, examples.count);
    showTiles(
      examples,
      Array.from({ length: shown }, (_, i) => i),
      `${shown} examples`,
      title,
    );
  }
}

/** A row a class. */
function showRows(examples: Examples, perClass: number, title?: string): void {
  const { classes, labels, input } = examples;
  const rows = classes.map((_, c) => firstOf(labels, c, perClass));
  const columns = Math.max(...rows.map((row) => row.length));
  const blank: Raster = {
    ...input,
    pixels: new Uint8Array(input.height * input.width),
    channels: 1,
    range: [-1, 0],
  };
  const images = rows.flatMap((row) =>
    Array.from({ length: columns }, (_, i) => (i < row.length ? raster(examples, row[i]) : blank)),
  );
  const gap = 3;
  const scale = fittingScale(input.width, columns, gap);
  const uneven = rows.some((row) => row.length < columns);
  const alternative = `${uneven ? "Up to " : ""}${columns} examples of each class: ${classes.join(", ")}`;
  showPicture(imageGrid(images, { columns, scale, gap, title, rowLabels: classes }), alternative);
}

/** Images one after another, each with its class below it. */
function showTiles(examples: Examples, indices: number[], what: string, title?: string): void {
  const { classes, labels, input } = examples;
  const names = indices.map((index) => classes[labels[index]]);
  const images = indices.map((index, i) => raster(examples, index, names[i]));
  const columns = Math.min(COLUMNS, images.length);
  const scale = fittingScale(input.width, COLUMNS, 6);
  showPicture(imageGrid(images, { columns, scale, title }), `${what}: ${names.join(", ")}`);
}

function raster(examples: Examples, index: number, label?: string): Raster {
  return { ...examples.input, pixels: imageAt(examples, index), label };
}

/** Small images grow by a whole number, so that their pixels stay square; large ones shrink to fit. */
function fittingScale(width: number, columns: number, gap: number): number {
  const fits = Math.max(8, ROOM / columns - gap) / width;
  return fits < 1 ? fits : Math.min(Math.floor(fits), Math.max(1, Math.round(TILE / width)));
}

function firstOf(labels: Int32Array, label: number, most: number): number[] {
  const found: number[] = [];
  for (let i = 0; i < labels.length && found.length < most; i++) if (labels[i] === label) found.push(i);
  return found;
}

function firstOfEach({ classes, labels }: Examples): number[] {
  return classes.flatMap((_, c) => firstOf(labels, c, 1));
}
