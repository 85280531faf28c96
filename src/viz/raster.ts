/** Pictures out of typed arrays. This file alone knows canvas. */
import type { Canvas, SKRSContext2D } from "canvas";
import { dirname, join } from "node:path";

/** One image to draw: `[height, width, channels]`, row-major, 1 or 3 channels. */
export interface Raster {
  pixels: ArrayLike<number>;
  height: number; // px
  width: number; // px
  channels: number;
  /** The values shown as black and as white. */
  range: [number, number];
  /** What stands below it; several lines where it has line breaks. */
  label?: string;
}

export interface GridOptions {
  columns: number;
  /** CSS pixels that one image pixel becomes; below 1 the images are shrunk smoothly. */
  scale?: number;
  /** CSS pixels between images. */
  gap?: number;
  title?: string;
  /** What stands to the left of each row. */
  rowLabels?: string[];
}

/** Images under a heading. */
export interface ImageGroup {
  heading?: string;
  images: readonly Raster[];
}

export interface Picture {
  png: Buffer;
  /** In CSS pixels; the PNG has twice as many, for high-density screens. */
  width: number;
  height: number;
}

/** The one font of all pictures: it comes with the package, since a machine may have none. */
export const FONT = "DejaVu Sans";
const DENSITY = 2;
const INK = "#222";
const SMALL = `11px "${FONT}"`;
const BOLD = `bold 13px "${FONT}"`;
const LABEL_HEIGHT = 14; // CSS px
const TITLE_HEIGHT = 24;
const HEADING_HEIGHT = 20;
const WIDEST_LABEL = 88;
const WIDEST_ROW_LABEL = 150;

/** The library, loaded at the first picture: whoever draws none doesn't wait for it. */
function library(): typeof import("canvas") {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- `import()` would make all drawing async
  return require("canvas") as typeof import("canvas");
}

let fontsReady = false;

/** Makes {@link FONT} known to every canvas of this process, once. */
export function readyFonts(): void {
  if (fontsReady) return;
  const folder = join(dirname(require.resolve("dejavu-fonts-ttf/package.json")), "ttf");
  for (const file of ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"])
    library().GlobalFonts.registerFromPath(join(folder, file), FONT);
  fontsReady = true;
}

/** Draws images in rows, each as large blocks of its pixels, with labels. Cells widen for their labels.
 * @throws RangeError where there is nothing to draw, or an image isn't of the size it states. */
export function imageGrid(images: readonly Raster[], options: GridOptions): Picture {
  return imageGroups([{ images }], options);
}

/** Draws several grids below each other, each under its heading, with cells of one size.
 * @param options.rowLabels Of all rows, from the first group's to the last one's.
 * @throws RangeError where there is nothing to draw, or an image isn't of the size it states. */
export function imageGroups(
  groups: readonly ImageGroup[],
  { columns, scale = 2, gap = 6, title, rowLabels }: GridOptions,
): Picture {
  const all = groups.flatMap(({ images }) => images);
  checkGrid(all, columns, scale);
  readyFonts();
  const labels = all.map(({ label }) => linesOf(label));
  const labelHeight = LABEL_HEIGHT * Math.max(...labels.map((lines) => lines.length));
  const imageWidth = Math.ceil(Math.max(...all.map(({ width }) => width)) * scale);
  const imageHeight = Math.ceil(Math.max(...all.map(({ height }) => height)) * scale);
  const cellWidth = Math.max(imageWidth, Math.min(widest(labels.flat(), SMALL), WIDEST_LABEL));
  const cellHeight = imageHeight + labelHeight;
  const left = rowLabels ? Math.min(widest(rowLabels, SMALL), WIDEST_ROW_LABEL) + 8 : 0;
  const rowsOf = ({ images }: ImageGroup): number => Math.ceil(images.length / columns);
  const headingHeight = ({ heading }: ImageGroup): number => (heading ? HEADING_HEIGHT : 0);
  const gridWidth = left + gap + columns * (cellWidth + gap);
  const widestHeading = widest(
    groups.map(({ heading }) => heading ?? ""),
    SMALL,
  );
  const width = Math.max(
    gridWidth,
    title ? widest([title], BOLD) + 2 * gap : 0,
    widestHeading > 0 ? left + widestHeading + 2 * gap : 0,
  );
  const height =
    (title ? TITLE_HEIGHT : 0) +
    gap +
    groups.reduce((sum, group) => sum + headingHeight(group) + rowsOf(group) * (cellHeight + gap), 0);

  const canvas = library().createCanvas(width * DENSITY, height * DENSITY);
  const context = canvas.getContext("2d");
  context.scale(DENSITY, DENSITY);
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.imageSmoothingEnabled = scale < 1;
  context.imageSmoothingQuality = "high";
  context.textBaseline = "middle";
  if (title) write(context, title, gap, TITLE_HEIGHT / 2, { font: BOLD });
  let top = (title ? TITLE_HEIGHT : 0) + gap;
  let row = 0;
  for (const group of groups) {
    if (group.heading) write(context, group.heading, left + gap, top + HEADING_HEIGHT / 2 - 2);
    top += headingHeight(group);
    group.images.forEach((image, i) => {
      const middle = left + gap + (i % columns) * (cellWidth + gap) + cellWidth / 2;
      const y = top + Math.floor(i / columns) * (cellHeight + gap);
      const drawnWidth = image.width * scale;
      context.drawImage(paint(image), middle - drawnWidth / 2, y, drawnWidth, image.height * scale);
      linesOf(image.label).forEach((line, n) =>
        write(context, line, middle, y + imageHeight + LABEL_HEIGHT * (n + 0.5), {
          align: "center",
          room: cellWidth,
        }),
      );
      if (rowLabels && i % columns === 0)
        write(context, rowLabels[row + i / columns] ?? "", left, y + imageHeight / 2, {
          align: "right",
          room: left - 2,
        });
    });
    row += rowsOf(group);
    top += rowsOf(group) * (cellHeight + gap);
  }
  return { png: canvas.toBuffer("image/png"), width, height };
}

function linesOf(label = ""): string[] {
  return label === "" ? [] : label.split("\n");
}

function checkGrid(images: readonly Raster[], columns: number, scale: number): void {
  if (images.length === 0 || !(columns >= 1) || !(scale > 0))
    throw new RangeError(
      `Cannot draw a grid: it needs images, a column or more and a scale. Received: ${images.length}, ${columns}, ${scale}.`,
    );
  images.forEach(({ pixels, height, width, channels, range: [low, high] }, i) => {
    if ((channels !== 1 && channels !== 3) || pixels.length !== height * width * channels || !(high > low))
      throw new RangeError(
        `Cannot draw image ${i}: it needs ${height}×${width} pixels of 1 or 3 channels and a range. Received: ${pixels.length} values of ${channels} channels, range ${low} to ${high}.`,
      );
  });
}

interface WriteOptions {
  font?: string;
  align?: "left" | "center" | "right";
  /** CSS pixels; longer text ends in "…". */
  room?: number;
}

function write(context: SKRSContext2D, text: string, x: number, y: number, options: WriteOptions = {}): void {
  const { font = SMALL, align = "left", room = Infinity } = options;
  context.font = font;
  context.textAlign = align;
  context.fillStyle = INK;
  let fitting = text;
  for (let kept = text.length - 1; kept > 0 && context.measureText(fitting).width > room; kept--)
    fitting = `${text.slice(0, kept)}…`;
  context.fillText(fitting, x, y);
}

/** CSS pixels that the longest of these texts takes. */
function widest(texts: readonly string[], font: string): number {
  const context = library().createCanvas(1, 1).getContext("2d");
  context.font = font;
  return Math.ceil(Math.max(0, ...texts.map((text) => context.measureText(text).width)));
}

/** One image at its own size. */
function paint({ pixels, height, width, channels, range: [low, high] }: Raster): Canvas {
  const canvas = library().createCanvas(width, height);
  const context = canvas.getContext("2d");
  const data = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++)
    for (let c = 0; c < 4; c++) {
      const value = pixels[i * channels + (channels === 3 ? c : 0)];
      data.data[4 * i + c] = c === 3 ? 255 : Math.round((255 * (value - low)) / (high - low));
    }
  context.putImageData(data, 0, 0);
  return canvas;
}
