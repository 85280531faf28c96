/** Pictures and archives made by hand, so that tests know what is in them. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import sharp, { type Sharp } from "sharp";
import { random } from "../../../src/helpers/random";

export interface Pixels {
  pixels: Uint8Array;
  height: number;
  width: number;
  channels: 1 | 3 | 4;
}

/** Noise, the same for the same seed. */
export function noise(height: number, width: number, channels: 1 | 3 | 4 = 3, seed = 1): Pixels {
  const chance = random(seed);
  const pixels = Uint8Array.from({ length: height * width * channels }, () => chance.int(256));
  return { pixels, height, width, channels };
}

/** A smooth picture that survives JPEG, another for each seed. */
export function hills(height: number, width: number, seed = 1): Pixels {
  const chance = random(seed);
  const waves = Array.from({ length: 3 }, () =>
    Array.from({ length: 4 }, () => [1 + 3 * chance.uniform(), 6 * chance.uniform(), chance.uniform() - 0.5]),
  );
  const pixels = new Uint8Array(height * width * 3);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (const colour of waves) {
        const value = colour.reduce(
          (sum, [frequency, phase, slant]) =>
            sum +
            25 *
              Math.sin(phase + 3 * frequency * (x / width + slant * (y / height)) + (2 * slant * y) / height),
          128,
        );
        pixels[at++] = Math.max(0, Math.min(255, value));
      }
  return { pixels, height, width, channels: 3 };
}

/** A picture for sharp to encode. */
export function draw({ pixels, height, width, channels }: Pixels): Sharp {
  return sharp(pixels, { raw: { height, width, channels } });
}

export async function png(picture: Pixels): Promise<Buffer> {
  return await draw(picture).png().toBuffer();
}

export async function jpeg(picture: Pixels): Promise<Buffer> {
  return await draw(picture).jpeg({ quality: 95 }).toBuffer();
}

export interface BmpParts {
  /** Bits a pixel. */
  bits: number;
  height: number;
  width: number;
  /** Rows from the top as stored, each padded to four bytes here. */
  rows: number[][];
  topDown?: boolean;
  /** Blue, green, red. */
  palette?: number[][];
  /** Red, green, blue, and alpha where there are four. */
  masks?: number[];
  packing?: number;
  /** 12 for the first bitmaps. */
  headSize?: number;
}

/** A Windows bitmap, its rows bottom-up unless told otherwise. */
export function bmp(parts: BmpParts): Buffer {
  const { bits, height, width, rows, topDown = false, palette = [], masks = [], headSize = 40 } = parts;
  const isOld = headSize === 12;
  const head = Buffer.alloc(14 + headSize);
  head.write("BM");
  head.writeUInt32LE(headSize, 14);
  if (isOld) [width, height, 1, bits].forEach((value, i) => head.writeUInt16LE(value, 18 + 2 * i));
  else {
    head.writeInt32LE(width, 18);
    head.writeInt32LE(topDown ? -height : height, 22);
    head.writeUInt16LE(1, 26);
    head.writeUInt16LE(bits, 28);
    head.writeUInt32LE(parts.packing ?? (masks.length > 0 ? 3 : 0), 30);
    head.writeUInt32LE(palette.length, 46);
  }
  const maskBytes = Buffer.alloc(4 * masks.length);
  masks.forEach((mask, i) => maskBytes.writeUInt32LE(mask >>> 0, 4 * i));
  if (headSize > 40) maskBytes.copy(head, 54);
  const colours = Buffer.from(palette.flatMap((colour) => (isOld ? colour : [...colour, 0])));
  const before = Buffer.concat([head, headSize > 40 ? Buffer.alloc(0) : maskBytes, colours]);
  const padded = rows.map((row) =>
    Buffer.concat([Buffer.from(row), Buffer.alloc((4 - (row.length % 4)) % 4)]),
  );
  const body = Buffer.concat(topDown ? padded : padded.reverse());
  before.writeUInt32LE(before.length, 10);
  before.writeUInt32LE(before.length + body.length, 2);
  return Buffer.concat([before, body]);
}

/** A bitmap of 24 bits. */
export function bmp24({ pixels, height, width }: Pixels): Buffer {
  const at = (y: number, x: number): number[] => [2, 1, 0].map((c) => pixels[(y * width + x) * 3 + c]);
  const rows = Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => at(y, x)).flat(),
  );
  return bmp({ bits: 24, height, width, rows });
}

export interface ZipEntry {
  path: string | Uint8Array;
  bytes?: Uint8Array;
  /** Stored instead of deflated. */
  stored?: boolean;
  encrypted?: boolean;
  /** As Unix has it: 0o120777 is a link. */
  mode?: number;
  /** Puts the sizes into zip64's extra field. */
  zip64?: boolean;
  method?: number;
  crc?: number;
  /** What the list says the size is. */
  size?: number;
}

/** A zip archive. */
export function zipOf(entries: ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const list: Buffer[] = [];
  let at = 0;
  for (const {
    path,
    bytes = new Uint8Array(),
    stored,
    encrypted,
    mode = 0o100644,
    zip64,
    ...said
  } of entries) {
    const name = Buffer.from(path as string);
    const body = stored ? Buffer.from(bytes) : deflateRawSync(bytes);
    const size = said.size ?? bytes.length;
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(45, 0);
    shared.writeUInt16LE((encrypted ? 1 : 0) | (typeof path === "string" ? 0x800 : 0), 2);
    shared.writeUInt16LE(said.method ?? (stored ? 0 : 8), 4);
    shared.writeUInt32LE(said.crc ?? crc32(bytes), 10);
    shared.writeUInt32LE(zip64 ? 0xffffffff : body.length, 14);
    shared.writeUInt32LE(zip64 ? 0xffffffff : size, 18);
    shared.writeUInt16LE(name.length, 22);
    const extra = Buffer.alloc(zip64 ? 20 : 0);
    if (zip64) {
      extra.writeUInt16LE(1, 0);
      extra.writeUInt16LE(16, 2);
      extra.writeBigUInt64LE(BigInt(size), 4);
      extra.writeBigUInt64LE(BigInt(body.length), 12);
    }
    shared.writeUInt16LE(extra.length, 24);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), shared, name, extra, body]);
    const more = Buffer.alloc(14); // comment, disk, attributes, offset
    more.writeUInt32LE((mode * 0x10000) >>> 0, 6);
    more.writeUInt32LE(at, 10);
    list.push(Buffer.concat([Buffer.from("PK\x01\x02"), Buffer.from([45, 3]), shared, more, name, extra]));
    parts.push(local);
    at += local.length;
  }
  const directory = Buffer.concat(list);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, directory, end]);
}

/** Runs some work with a folder of its own, in which these files are.
 * @param files Contents by path. */
export async function withFolder(
  files: Record<string, Uint8Array | string>,
  work: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "transfer-lab-pictures-"));
  try {
    for (const [path, bytes] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), bytes);
    }
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
