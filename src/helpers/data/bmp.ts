/** Windows bitmaps, which libvips doesn't read and TensorFlow reads in part: palettes of 1, 4 and 8 bits, and 16,
 * 24 and 32 bits a pixel with any masks. */
import { unpackRuns } from "./bmp-runs";

/** Pixels as they are in memory, row by row from the top. */
export interface RawPicture {
  /** `[height, width, channels]`. */
  pixels: Uint8Array;
  height: number;
  width: number;
  /** 3, or 4 with alpha. */
  channels: 3 | 4;
}

interface Head {
  height: number;
  width: number;
  /** Whether the first row is the upper one. */
  topDown: boolean;
  bits: number;
  /** Whether the rows are packed as runs. */
  inRuns: boolean;
  /** Where the rows begin. */
  start: number;
  /** Of blue, green, red and 0, or of three; `step` bytes apart. */
  palette: { at: number; step: 3 | 4; colours: number };
  /** Of red, green, blue, alpha. */
  masks: [number, number, number, number];
}

const DEFAULT_MASKS: Record<number, Head["masks"]> = {
  16: [0x7c00, 0x03e0, 0x001f, 0],
  24: [0xff0000, 0x00ff00, 0x0000ff, 0],
  32: [0xff0000, 0x00ff00, 0x0000ff, 0],
};

/** Decodes a bitmap.
 * @param maxPixels More are refused before any memory is taken.
 * @throws Error where it is damaged, cut off, larger, or of a kind that isn't read. */
export function readBmp(bytes: Uint8Array, maxPixels: number): RawPicture {
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const head = readHead(file, maxPixels);
  const channels = head.masks[3] ? 4 : 3;
  const pixels = new Uint8Array(head.height * head.width * channels);
  const rowLength = head.width * channels;
  const rowAt = (y: number): Uint8Array => pixels.subarray(y * rowLength, (y + 1) * rowLength);
  if (head.inRuns) readRuns(file, bytes, head, rowAt);
  else readRows(file, head, rowAt);
  return { pixels, height: head.height, width: head.width, channels };
}

function readHead(file: DataView, maxPixels: number): Head {
  if (file.byteLength < 26) throw new Error("the bitmap is cut off");
  const headSize = file.getUint32(14, true);
  const isOld = headSize === 12; // OS/2
  if (!isOld && headSize < 40) throw new Error(`the bitmap has a head of ${headSize} bytes, which none has`);
  if (file.byteLength < 14 + headSize) throw new Error("the bitmap is cut off");
  const width = isOld ? file.getUint16(18, true) : file.getInt32(18, true);
  const signedHeight = isOld ? file.getUint16(20, true) : file.getInt32(22, true);
  const height = Math.abs(signedHeight);
  const bits = file.getUint16(isOld ? 24 : 28, true);
  const packing = isOld ? 0 : file.getUint32(30, true);
  if (!(width > 0 && height > 0 && width * height <= maxPixels))
    throw new Error(`the bitmap says it has ${width}×${signedHeight} pixels`);
  if (![1, 4, 8, 16, 24, 32].includes(bits)) throw new Error(`the bitmap says it has ${bits} bits a pixel`);
  const hasMasks = packing === 3 || packing === 6;
  const inRuns = (packing === 1 && bits === 8) || (packing === 2 && bits === 4);
  if (!(packing === 0 || inRuns || (hasMasks && (bits === 16 || bits === 32))))
    throw new Error("the bitmap is packed in a way that isn't read; save it as PNG");
  const afterHead = 14 + headSize + (headSize === 40 && hasMasks ? (packing === 6 ? 16 : 12) : 0);
  const colours = isOld ? 0 : file.getUint32(46, true);
  return {
    height,
    width,
    bits,
    inRuns,
    topDown: signedHeight < 0,
    start: file.getUint32(10, true),
    palette: { at: afterHead, step: isOld ? 3 : 4, colours: Math.min(colours || 2 ** bits, 2 ** bits) },
    masks: hasMasks ? readMasks(file, headSize, packing) : (DEFAULT_MASKS[bits] ?? [0, 0, 0, 0]),
  };
}

/** They stand behind the short head, and at the same place within the longer ones. */
function readMasks(file: DataView, headSize: number, packing: number): Head["masks"] {
  const hasAlpha = headSize >= 56 || packing === 6;
  if (file.byteLength < 54 + (hasAlpha ? 16 : 12)) throw new Error("the bitmap is cut off");
  const mask = (i: number): number => file.getUint32(54 + 4 * i, true);
  return [mask(0), mask(1), mask(2), hasAlpha ? mask(3) : 0];
}

function readRuns(file: DataView, bytes: Uint8Array, head: Head, rowAt: (y: number) => Uint8Array): void {
  const { height, width, start, palette } = head;
  const indices = unpackRuns(bytes, start, head);
  for (let y = 0; y < height; y++) {
    const row = rowAt(height - 1 - y);
    for (let x = 0; x < width; x++) paint(file, palette, indices[y * width + x], row, 3 * x);
  }
}

function readRows(file: DataView, head: Head, rowAt: (y: number) => Uint8Array): void {
  const { height, width, bits, start, topDown } = head;
  const rowBytes = Math.ceil((width * bits) / 32) * 4; // rows end at whole words
  if (start + rowBytes * (height - 1) + Math.ceil((width * bits) / 8) > file.byteLength)
    throw new Error("the bitmap is cut off");
  for (let y = 0; y < height; y++) {
    const at = start + (topDown ? y : height - 1 - y) * rowBytes;
    if (bits <= 8) readIndexed(file, at, rowAt(y), head);
    else readMasked(file, at, rowAt(y), head);
  }
}

function readIndexed(file: DataView, at: number, row: Uint8Array, { bits, palette, width }: Head): void {
  const highest = 2 ** bits - 1;
  for (let x = 0; x < width; x++) {
    const bit = x * bits;
    const index = (file.getUint8(at + (bit >> 3)) >> (8 - bits - (bit & 7))) & highest;
    paint(file, palette, index, row, 3 * x);
  }
}

/** Writes a colour of the palette as red, green and blue. */
function paint(file: DataView, palette: Head["palette"], index: number, row: Uint8Array, out: number): void {
  const colour = palette.at + index * palette.step;
  if (index >= palette.colours || colour + 3 > file.byteLength)
    throw new Error("the bitmap uses a colour that it doesn't have");
  for (let c = 0; c < 3; c++) row[out + c] = file.getUint8(colour + 2 - c);
}

function readMasked(file: DataView, at: number, row: Uint8Array, { bits, masks, width }: Head): void {
  const channels = masks.slice(0, masks[3] ? 4 : 3).map((mask) => {
    const shift = mask ? 31 - Math.clz32(mask & -mask) : 0;
    return { mask, shift, scale: mask ? 255 / (mask >>> shift) : 0 };
  });
  for (let x = 0, out = 0; x < width; x++) {
    const pixel = at + (x * bits) / 8;
    const value =
      bits === 16
        ? file.getUint16(pixel, true)
        : bits === 24
          ? file.getUint16(pixel, true) | (file.getUint8(pixel + 2) << 16)
          : file.getUint32(pixel, true);
    for (const { mask, shift, scale } of channels)
      row[out++] = Math.round(((value & mask) >>> shift) * scale);
  }
}
