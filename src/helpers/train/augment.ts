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
  const bendX = elasticPx > 0 ? bend(height, width, elasticPx, chance) : undefined;
  const bendY = elasticPx > 0 ? bend(height, width, elasticPx, chance) : undefined;
  const middleX = (width - 1) / 2;
  const middleY = (height - 1) / 2;
  for (let y = 0, to = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const pixel = y * width + x;
      const dx = x - middleX - shiftX;
      const dy = y - middleY - shiftY;
      const fromX = clamp(mirror * (cos * dx + sin * dy) + middleX + (bendX?.[pixel] ?? 0), width - 1);
      const fromY = clamp(cos * dy - sin * dx + middleY + (bendY?.[pixel] ?? 0), height - 1);
      const left = Math.min(Math.floor(fromX), width - 2);
      const top = Math.min(Math.floor(fromY), height - 2);
      const rightShare = fromX - left;
      const lowerShare = fromY - top;
      const corner = (top * width + left) * channels;
      const below = corner + width * channels;
      for (let c = 0; c < channels; c++) {
        const upper = image[corner + c] * (1 - rightShare) + image[corner + channels + c] * rightShare;
        const lower = image[below + c] * (1 - rightShare) + image[below + channels + c] * rightShare;
        out[to++] = upper * (1 - lowerShare) + lower * lowerShare;
      }
    }
}

function clamp(value: number, highest: number): number {
  return Math.max(0, Math.min(highest, value));
}

/** The pixels between two independent displacements: strokes bend as a whole and don't fray. */
const BEND_GRID_PX = 8;

/** A smooth random field over the image: normal draws on a coarse grid, interpolated. */
function bend(height: number, width: number, strengthPx: number, chance: Random): Float32Array {
  const rows = Math.ceil(height / BEND_GRID_PX) + 1;
  const columns = Math.ceil(width / BEND_GRID_PX) + 1;
  const grid = Float32Array.from({ length: rows * columns }, () => chance.normal() * strengthPx);
  const field = new Float32Array(height * width);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const row = Math.floor(y / BEND_GRID_PX);
      const column = Math.floor(x / BEND_GRID_PX);
      const v = y / BEND_GRID_PX - row;
      const u = x / BEND_GRID_PX - column;
      const at = row * columns + column;
      field[y * width + x] =
        (grid[at] * (1 - u) + grid[at + 1] * u) * (1 - v) +
        (grid[at + columns] * (1 - u) + grid[at + columns + 1] * u) * v;
    }
  return field;
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
