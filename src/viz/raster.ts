/** Pictures out of typed arrays. This file alone knows canvas. */
import { createCanvas, GlobalFonts, type Canvas, type SKRSContext2D } from "canvas";
import { dirname, join } from "node:path";

/** One image to draw: `[height, width, channels]`, row-major, 1 or 3 channels. */
export interface Raster {
  pixels: ArrayLike<number>;
  height: number; // px
  width: number; // px
  channels: number;
  /** The values shown as black and as white. */
  range: [number, number];
  /** What stands below it. */
  label?: string;
}

export interface GridOptions {
  columns: number;
  /** CSS pixels that one image pixel becomes, a whole number. */
  scale?: number;
  /** CSS pixels between images. */
  gap?: number;
  title?: string;
  /** What stands to the left of each row. */
  rowLabels?: string[];
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

let fontsReady = false;

/** Makes {@link FONT} known to every canvas of this process, once. */
export function readyFonts(): void {
  if (fontsReady) return;
  const folder = join(dirname(require.resolve("dejavu-fonts-ttf/package.json")), "ttf");
  for (const file of ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"])
    GlobalFonts.registerFromPath(join(folder, file), FONT);
  fontsReady = true;
}

/** Draws images in rows, each as large blocks of its pixels, with labels.
 * @throws RangeError where there is nothing to draw. */
export function imageGrid(
  images: readonly Raster[],
  { columns, scale = 2, gap = 6, title, rowLabels }: GridOptions,
): Picture {
  if (images.length === 0 || !(columns >= 1))
    throw new RangeError(
      `Cannot draw a grid: it needs images and a column or more. Received: ${images.length}, ${columns}.`,
    );
  readyFonts();
  const rows = Math.ceil(images.length / columns);
  const cellWidth = Math.max(...images.map(({ width }) => width)) * scale;
  const cellHeight = Math.max(...images.map(({ height }) => height)) * scale;
  const labelHeight = images.some(({ label }) => label) ? 14 : 0;
  const titleHeight = title ? 24 : 0;
  const left = rowLabels ? widestLabel(rowLabels) + 8 : 0;
  const width = left + gap + columns * (cellWidth + gap);
  const height = titleHeight + gap + rows * (cellHeight + labelHeight + gap);
  const canvas = createCanvas(width * DENSITY, height * DENSITY);
  const context = canvas.getContext("2d");
  context.scale(DENSITY, DENSITY);
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.imageSmoothingEnabled = false;
  context.textBaseline = "middle";
  if (title) write(context, title, gap, titleHeight / 2, { font: `bold 13px "${FONT}"` });
  images.forEach((image, i) => {
    const x = left + gap + (i % columns) * (cellWidth + gap);
    const y = titleHeight + gap + Math.floor(i / columns) * (cellHeight + labelHeight + gap);
    context.drawImage(paint(image), x, y, image.width * scale, image.height * scale);
    if (image.label)
      write(context, image.label, x + cellWidth / 2, y + cellHeight + 7, {
        align: "center",
        widest: cellWidth + gap,
      });
    if (rowLabels && i % columns === 0)
      write(context, rowLabels[i / columns] ?? "", left, y + cellHeight / 2, { align: "right" });
  });
  return { png: canvas.toBuffer("image/png"), width, height };
}

interface WriteOptions {
  font?: string;
  align?: "left" | "center" | "right";
  widest?: number;
}

const SMALL = `11px "${FONT}"`;

function write(context: SKRSContext2D, text: string, x: number, y: number, options: WriteOptions = {}): void {
  const { font = SMALL, align = "left", widest } = options;
  context.font = font;
  context.textAlign = align;
  context.fillStyle = INK;
  context.fillText(text, x, y, widest);
}

function widestLabel(labels: readonly string[]): number {
  const context = createCanvas(1, 1).getContext("2d");
  context.font = SMALL;
  return Math.ceil(Math.max(...labels.map((label) => context.measureText(label).width)));
}

/** One image at its own size. */
function paint({ pixels, height, width, channels, range: [low, high] }: Raster): Canvas {
  const canvas = createCanvas(width, height);
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
