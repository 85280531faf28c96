import assert from "node:assert/strict";
import { test } from "node:test";
import sharp from "sharp";
import { luminance } from "../../../src/helpers/data/adapt";
import { checkPhotoOptions, decodePhoto, type PhotoOptions } from "../../../src/helpers/data/photo";
import { resizer } from "../../../src/helpers/data/resize";
import { bmp24, draw, hills, jpeg, noise, png, type Pixels } from "./make-pictures";

const same = ({ height, width }: Pixels): { height: number; width: number; channels: number } => ({
  height,
  width,
  channels: 3,
});
const decode = (bytes: Uint8Array, picture: Pixels, options?: PhotoOptions): Promise<Uint8Array> =>
  decodePhoto(bytes, same(picture), options);

/** The mean and the largest difference. */
function differences(a: ArrayLike<number>, b: ArrayLike<number>): { mean: number; most: number } {
  assert.equal(a.length, b.length);
  const all = Array.from(a, (value, i) => Math.abs(value - b[i]));
  return {
    mean: all.reduce((sum, value) => sum + value, 0) / all.length,
    most: all.reduce((most, value) => Math.max(most, value), 0),
  };
}

test("what loses nothing is exact: PNG, WebP without loss, BMP", async () => {
  const picture = noise(13, 21);
  const files = [
    await png(picture),
    await draw(picture).png({ progressive: true }).toBuffer(),
    await draw(picture).webp({ lossless: true }).toBuffer(),
    bmp24(picture),
  ];
  for (const bytes of files) assert.deepEqual(await decode(bytes, picture), picture.pixels);
});

test("palettes, grey, 16 bits and GIF's first picture become red, green and blue bytes", async () => {
  const few = noise(8, 8);
  few.pixels.forEach((value, i) => (few.pixels[i] = value & 0xc0));
  const palette = await draw(few).png({ palette: true, colours: 256, dither: 0 }).toBuffer();
  assert.deepEqual(await decode(palette, few), few.pixels);
  const grey = noise(8, 8, 1);
  const thrice = Uint8Array.from({ length: 192 }, (_, i) => grey.pixels[Math.floor(i / 3)]);
  const greyPng = await draw(grey).toColourspace("b-w").png().toBuffer();
  assert.deepEqual(await decode(greyPng, grey), thrice);
  for (const [picture, expected, space] of [
    [few, few.pixels, "rgb16"],
    [grey, thrice, "grey16"],
  ] as const) {
    const deep = await draw(picture).toColourspace(space).png().toBuffer();
    assert.equal((await sharp(deep).metadata()).depth, "ushort");
    assert.deepEqual(await decode(deep, picture), expected);
  }
  const second = { ...few, pixels: few.pixels.map((value) => 255 - value) };
  const frames = await Promise.all([few, second].map(png));
  const gif = await sharp(frames, { join: { animated: true } })
    .gif()
    .toBuffer();
  assert.equal((await sharp(gif).metadata()).pages, 2);
  assert.deepEqual(await decode(gif, few), few.pixels);
});

test("transparent pixels lie on white, or on what is asked for", async () => {
  const picture: Pixels = {
    pixels: Uint8Array.of(10, 20, 30, 0, 10, 20, 30, 255, 10, 20, 30, 128),
    height: 1,
    width: 3,
    channels: 4,
  };
  for (const bytes of [
    await png(picture),
    await draw(picture).webp({ lossless: true, exact: true }).toBuffer(),
  ]) {
    const white = await decode(bytes, picture);
    assert.ok(differences(white, [255, 255, 255, 10, 20, 30, 132, 137, 142]).most <= 1, `${white}`);
    const red = await decode(bytes, picture, { background: [200, 0, 0] });
    assert.ok(differences(red, [200, 0, 0, 10, 20, 30, 105, 10, 15]).most <= 1, `${red}`);
  }
});

test("EXIF orientation: all eight, exactly", async () => {
  const upright: Pixels = noise(5, 7);
  const at = (y: number, x: number): number[] => [0, 1, 2].map((c) => upright.pixels[(y * 7 + x) * 3 + c]);
  /** Where in the upright picture the stored pixel of row y and column x is; by definition of EXIF. */
  const stored: Record<number, (y: number, x: number) => number[]> = {
    1: (y, x) => at(y, x),
    2: (y, x) => at(y, 6 - x),
    3: (y, x) => at(4 - y, 6 - x),
    4: (y, x) => at(4 - y, x),
    5: (y, x) => at(x, y),
    6: (y, x) => at(x, 6 - y),
    7: (y, x) => at(4 - x, 6 - y),
    8: (y, x) => at(4 - x, y),
  };
  for (const [orientation, from] of Object.entries(stored)) {
    const [height, width] = Number(orientation) < 5 ? [5, 7] : [7, 5];
    const rows = Array.from({ length: height }, (_, y) =>
      Array.from({ length: width }, (_, x) => from(y, x)),
    );
    const picture: Pixels = { pixels: Uint8Array.from(rows.flat(2)), height, width, channels: 3 };
    const bytes = await draw(picture)
      .withMetadata({ orientation: Number(orientation) })
      .png()
      .toBuffer();
    assert.deepEqual(await decode(bytes, upright), upright.pixels, `orientation ${orientation}`);
  }
});

test("JPEG: baseline, progressive, grey, and CMYK with its colours", async () => {
  const picture = hills(48, 64);
  const files = {
    baseline: await jpeg(picture),
    progressive: await draw(picture).jpeg({ quality: 95, progressive: true }).toBuffer(),
  };
  for (const [kind, bytes] of Object.entries(files)) {
    const { mean, most } = differences(await decode(bytes, picture), picture.pixels);
    assert.ok(mean < 1.5 && most < 12, `${kind}: ${mean}, ${most}`);
  }
  const grey = await draw(picture).greyscale().jpeg({ quality: 95 }).toBuffer();
  const decoded = await decode(grey, picture);
  for (let i = 0; i < decoded.length; i += 3)
    assert.ok(decoded[i] === decoded[i + 1] && decoded[i] === decoded[i + 2]);
  // Ink shows other colours than a screen, and how it does is a matter of the profile: white is white, others are near.
  for (const colour of [
    [255, 255, 255],
    [128, 128, 128],
    [180, 120, 110],
    [110, 140, 170],
    [90, 130, 90],
  ]) {
    const patch: Pixels = {
      pixels: Uint8Array.from({ length: 768 }, (_, i) => colour[i % 3]),
      height: 16,
      width: 16,
      channels: 3,
    };
    const cmyk = await draw(patch).toColourspace("cmyk").jpeg({ quality: 95 }).toBuffer();
    assert.equal((await sharp(cmyk).metadata()).channels, 4);
    const { most } = differences(await decode(cmyk, patch), patch.pixels);
    assert.ok(most <= (colour[0] === 255 ? 1 : 15), `CMYK ${colour}: ${most}`);
  }
});

test("one channel is luminance", async () => {
  const picture = noise(6, 6);
  const grey = await decodePhoto(await png(picture), { ...same(picture), channels: 1 });
  assert.deepEqual(grey, Uint8Array.from(luminance(picture.pixels), Math.round));
});

test("resizing: as adapt does it, and a large JPEG as if it had been decoded whole", async () => {
  const picture = hills(120, 160);
  for (const [height, width] of [
    [30, 40],
    [50, 60],
    [240, 320],
  ]) {
    const ours = resizer(picture, { height, width }, 3)(picture.pixels);
    const theirs = await decodePhoto(await png(picture), { height, width, channels: 3 }, { fit: "stretch" });
    const { mean, most } = differences(theirs, ours);
    const grows = height > picture.height;
    assert.ok(grows ? most <= 0.5 : mean < 1 && most < 6, `${height}×${width}: ${mean}, ${most}`);
  }
  const large = hills(1200, 1600);
  const to = { height: 60, width: 80 };
  const shrunk = await decodePhoto(await jpeg(large), { ...to, channels: 3 });
  const whole = resizer(large, to, 3)(large.pixels);
  const { mean, most } = differences(shrunk, whole);
  assert.ok(mean < 1.5 && most < 10, `a fraction of its size: ${mean}, ${most}`);
});

test("fit: the middle, all of it squeezed, all of it between bars", async () => {
  const wide: Pixels = { pixels: new Uint8Array(4 * 12 * 3), height: 4, width: 12, channels: 3 };
  for (let i = 0; i < 48; i++) wide.pixels.fill([250, 120, 10][Math.floor((i % 12) / 4)], 3 * i, 3 * i + 3);
  const bytes = await png(wide);
  const red = async (fit: PhotoOptions["fit"]): Promise<number[]> => {
    const pixels = await decodePhoto(
      bytes,
      { height: 4, width: 4, channels: 3 },
      { fit, background: [7, 7, 7] },
    );
    return Array.from({ length: 16 }, (_, i) => pixels[3 * i]);
  };
  assert.deepEqual(await red("crop"), new Array(16).fill(120));
  const [stretched] = [(await red("stretch")).slice(0, 4)];
  assert.ok(stretched[0] > 200 && stretched[3] < 60, `${stretched}`);
  const padded = await red("pad");
  assert.deepEqual(padded.slice(0, 4), [7, 7, 7, 7]);
  assert.deepEqual(padded.slice(12), [7, 7, 7, 7]);
  assert.ok(padded[4] > 150 && padded[7] < 100, `${padded}`);
});

test("a small picture that grows keeps its middle, in bars and cut", async () => {
  const dot: Pixels = { pixels: new Uint8Array(3 * 5 * 3), height: 3, width: 5, channels: 3 };
  dot.pixels.fill(240, 3 * 7, 3 * 8);
  const bytes = await png(dot);
  for (const fit of ["crop", "pad", "stretch"] as const) {
    const pixels = await decodePhoto(
      bytes,
      { height: 21, width: 21, channels: 1 },
      { fit, background: [0, 0, 0] },
    );
    const sum = pixels.reduce((total, value) => total + value, 0);
    const centre = (at: (i: number) => number): number =>
      pixels.reduce((total, value, i) => total + value * at(i), 0) / sum;
    assert.ok(Math.abs(centre((i) => i % 21) - 10) < 1e-3, fit);
    assert.ok(Math.abs(centre((i) => Math.floor(i / 21)) - 10) < 1e-3, fit);
  }
});

test("what is no picture, damaged or too large is refused with the reason", async () => {
  const picture = hills(64, 64);
  const refuse = (bytes: Uint8Array, why: RegExp): Promise<void> =>
    assert.rejects(decode(bytes, picture), why);
  await refuse(new Uint8Array(), /^Error: the file is empty$/);
  await refuse(Buffer.from("a note"), /^Error: it is no JPEG, PNG, GIF, BMP or WebP picture$/);
  await refuse(Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"), /picture but text, as of an SVG/);
  await refuse(await draw(picture).tiff().toBuffer(), /picture but TIFF/);
  await refuse(
    Buffer.from("\0\0\0\x18ftypheic\0\0\0\0mif1heic"),
    /but HEIC, as phones write it; they can also/,
  );
  for (const bytes of [
    await jpeg(picture),
    await png(picture),
    await draw(picture).webp().toBuffer(),
    await draw(picture).gif().toBuffer(),
  ])
    for (const share of [0.1, 0.5, 0.9])
      await refuse(bytes.subarray(0, Math.floor(share * bytes.length)), /it is damaged or cut off \(/);
  await refuse(bmp24(picture).subarray(0, 5000), /^Error: the bitmap is cut off$/);
  const garbled = Buffer.from(await jpeg(noise(64, 64)));
  for (let i = 0; i < 60; i++) garbled[(garbled.length >> 1) + i] ^= 0x5a;
  await refuse(garbled, /it is damaged or cut off \(VipsJpeg: Corrupt JPEG data/);
  const vast = Buffer.from(await png(picture));
  vast.writeUInt32BE(60_000, 16);
  vast.writeUInt32BE(60_000, 20);
  await refuse(vast, /damaged|more than 120 megapixels/);
  const blank = await sharp({ create: { width: 11_000, height: 11_000, channels: 3, background: "#fff" } })
    .png()
    .toBuffer();
  await refuse(blank, /^Error: it has more than 120 megapixels$/);
});

test("a JPEG as some phones write it is taken", async () => {
  const bytes = Buffer.from(await jpeg(hills(32, 32)));
  const scan = bytes.indexOf(Buffer.from([0xff, 0xda]));
  bytes[scan + 2 + bytes.readUInt16BE(scan + 2) - 2] = 0; // the end of the spectral selection, 63 by the standard
  await assert.rejects(sharp(bytes).raw().toBuffer(), /Invalid SOS/);
  assert.ok(differences(await decode(bytes, hills(32, 32)), hills(32, 32).pixels).mean < 3);
});

test("a fit and a background that aren't", () => {
  assert.throws(
    () => checkPhotoOptions({ fit: "cover" as never }),
    /fit pictures by "cover": say "crop", "stretch", "pad"/,
  );
  assert.throws(() => checkPhotoOptions({ background: [0, 0, 256] }), /lay pictures on \[0,0,256\]/);
  assert.throws(() => checkPhotoOptions({ background: "white" as never }), /lay pictures on "white"/);
});
