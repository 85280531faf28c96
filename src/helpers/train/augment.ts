/** New examples out of old: small changes that leave the label true. */
import { imageLength, type InputSpec } from "../data";
import type { Random } from "../random";

export interface Augmentation {
  /** Reflect the border by so many pixels, then crop at a random place. */
  cropPx?: number;
  /** Mirror left and right, half of the time. Not for digits. */
  flip?: boolean;
  /** Turn by up to so many degrees either way. */
  rotateDegrees?: number;
  /** Enlarge or shrink by up to this share. */
  scale?: number;
  /** Shift by up to so many pixels, each way. */
  shiftPx?: number;
  /** Bend: the standard deviation of the displacement, in pixels (Simard et al., 2003). */
  elasticPx?: number;
}

/** By name: `"photo"` crops and flips, as the pre-training does; `"light"` shifts, turns, scales and bends a
 * little, which digits and photographs both bear. */
export const AUGMENTATIONS = {
  photo: { cropPx: 3, flip: true },
  light: { rotateDegrees: 12, scale: 0.1, shiftPx: 2, elasticPx: 0.6 },
  none: {},
} as const satisfies Record<string, Augmentation>;

export type AugmentationName = keyof typeof AUGMENTATIONS;

/** @throws RangeError for an unknown name or a negative amount. */
export function augmentationOf(what: AugmentationName | Augmentation): Augmentation {
  const augmentation: Augmentation | undefined = typeof what === "string" ? AUGMENTATIONS[what] : what;
  if (!augmentation)
    throw new RangeError(
      `Cannot augment by ${JSON.stringify(what)}: say ${Object.keys(AUGMENTATIONS).join(", ")}, or an Augmentation.`,
    );
  for (const [name, amount] of Object.entries(augmentation))
    if (typeof amount === "number" && !(amount >= 0))
      throw new RangeError(`Cannot augment: ${name} is zero or more. Received: ${amount}.`);
  return augmentation;
}

/** Whether an augmentation changes nothing. */
export function isIdle(augmentation: Augmentation): boolean {
  return Object.values(augmentation).every((amount) => !amount);
}

/** Writes a changed copy of one image.
 * @param image `[height, width, channels]`; borrowed.
 * @param out Where the copy goes; as long as `image`. Values stay within those of the image. */
export function augment(
  image: ArrayLike<number>,
  out: Float32Array,
  spec: InputSpec,
  augmentation: Augmentation,
  chance: Random,
): void {
  if (isWarp(augmentation)) warp(image, out, spec, augmentation, chance);
  else cropAndFlip(image, out, spec, augmentation, chance);
}

function isWarp({ rotateDegrees, scale, shiftPx, elasticPx }: Augmentation): boolean {
  return Boolean(rotateDegrees || scale || shiftPx || elasticPx);
}

/** Whole-pixel moves need no interpolation. */
function cropAndFlip(
  image: ArrayLike<number>,
  out: Float32Array,
  { height, width, channels }: InputSpec,
  { cropPx = 0, flip = false }: Augmentation,
  chance: Random,
): void {
  const down = chance.int(2 * cropPx + 1) - cropPx;
  const right = chance.int(2 * cropPx + 1) - cropPx;
  const mirror = flip && chance.uniform() < 0.5;
  let to = 0;
  for (let y = 0; y < height; y++) {
    const row = reflect(y + down, height) * width;
    for (let x = 0; x < width; x++) {
      const column = reflect((mirror ? width - 1 - x : x) + right, width);
      const from = (row + column) * channels;
      for (let c = 0; c < channels; c++) out[to++] = image[from + c];
    }
  }
}

/** Mirrors an index at the borders, which are not repeated: −1 is 1, and `size` is `size − 2`. */
function reflect(index: number, size: number): number {
  const period = 2 * (size - 1);
  const i = Math.abs(index) % period;
  return i < size ? i : period - i;
}

/** Turn, scale, shift and bend in one go: every pixel looks up where it comes from, between pixels. */
function warp(
  image: ArrayLike<number>,
  out: Float32Array,
  { height, width, channels }: InputSpec,
  { rotateDegrees = 0, scale = 0, shiftPx = 0, elasticPx = 0, cropPx = 0, flip = false }: Augmentation,
  chance: Random,
): void {
  const within = (amount: number): number => (2 * chance.uniform() - 1) * amount;
  const angle = (within(rotateDegrees) * Math.PI) / 180;
  const size = 1 + within(scale);
  const shiftX = within(shiftPx + cropPx);
  const shiftY = within(shiftPx + cropPx);
  const mirror = flip && chance.uniform() < 0.5 ? -1 : 1;
  const cos = Math.cos(angle) / size;
  const sin = Math.sin(angle) / size;
  const gridX = elasticPx > 0 ? bendGrid(height, width, elasticPx, chance) : undefined;
  const gridY = elasticPx > 0 ? bendGrid(height, width, elasticPx, chance) : undefined;
  const bentX = new Float32Array(width);
  const bentY = new Float32Array(width);
  const middleX = (width - 1) / 2;
  const middleY = (height - 1) / 2;
  const row = width * channels;
  for (let y = 0, to = 0; y < height; y++) {
    if (gridX) bendRow(gridX, y, bentX);
    if (gridY) bendRow(gridY, y, bentY);
    const dy = y - middleY - shiftY;
    for (let x = 0; x < width; x++) {
      const dx = x - middleX - shiftX;
      const fromX = clamp(mirror * (cos * dx + sin * dy) + middleX + bentX[x], width - 1);
      const fromY = clamp(cos * dy - sin * dx + middleY + bentY[x], height - 1);
      const left = Math.min(fromX | 0, width - 2);
      const top = Math.min(fromY | 0, height - 2);
      const rightShare = fromX - left;
      const lowerShare = fromY - top;
      const corner1 = (1 - rightShare) * (1 - lowerShare);
      const corner2 = rightShare * (1 - lowerShare);
      const corner3 = (1 - rightShare) * lowerShare;
      const corner4 = rightShare * lowerShare;
      for (let c = 0, at = top * row + left * channels; c < channels; c++, at++)
        out[to++] =
          image[at] * corner1 +
          image[at + channels] * corner2 +
          image[at + row] * corner3 +
          image[at + row + channels] * corner4;
    }
  }
}

function clamp(value: number, highest: number): number {
  return value < 0 ? 0 : value > highest ? highest : value;
}

/** The pixels between two independent displacements: strokes bend as a whole and don't fray. */
const BEND_GRID_PX = 8;

/** Normal draws on a coarse grid over the image; {@link bendRow} reads the smooth random field between them. */
function bendGrid(height: number, width: number, strengthPx: number, chance: Random): Float32Array {
  const rows = Math.ceil(height / BEND_GRID_PX) + 1;
  const columns = Math.ceil(width / BEND_GRID_PX) + 1;
  return Float32Array.from({ length: rows * columns }, () => chance.normal() * strengthPx);
}

/** One row of pixels of the field. */
function bendRow(grid: Float32Array, y: number, row: Float32Array): void {
  const columns = Math.ceil(row.length / BEND_GRID_PX) + 1;
  const above = Math.floor(y / BEND_GRID_PX) * columns;
  const v = (y % BEND_GRID_PX) / BEND_GRID_PX;
  let right = grid[above] * (1 - v) + grid[above + columns] * v;
  for (let column = 1, x = 0; column < columns; column++) {
    const left = right;
    right = grid[above + column] * (1 - v) + grid[above + columns + column] * v;
    for (let u = 0; u < 1 && x < row.length; u += 1 / BEND_GRID_PX) row[x++] = left * (1 - u) + right * u;
  }
}

/** The images of a batch as floats, changed by chance where asked.
 * @param indices Which examples, in order.
 * @param pixels Where they go; a new array where it is left out.
 * @returns `[indices.length, height, width, channels]`, row-major. */
export function batchPixels(
  images: Uint8Array | Float32Array,
  indices: ArrayLike<number>,
  spec: InputSpec,
  augmentation: Augmentation,
  chance: Random,
  pixels: Float32Array = new Float32Array(indices.length * imageLength(spec)),
): Float32Array {
  const length = imageLength(spec);
  const idle = isIdle(augmentation);
  for (let i = 0; i < indices.length; i++) {
    const image = images.subarray(indices[i] * length, (indices[i] + 1) * length);
    const out = pixels.subarray(i * length, (i + 1) * length);
    if (idle) out.set(image);
    else augment(image, out, spec, augmentation, chance);
  }
  return pixels;
}
