import { interruptSignal } from "../../live/kernel";
import { report } from "../report";
import { adapt, checkSameType } from "./adapt";
import { classLayout, type SkippedFile } from "./class-layout";
import { decodePhotos, sizeText } from "./decode-photos";
import { imageLength, type Dataset, type Examples, type InputSpec } from "./examples";
import { partsOf, slotsOf } from "./folder-parts";
import { listSkipped, reportOn, tell, type FolderReport } from "./folder-report";
import { readInput, type InputLike } from "./input-spec";
import { nearDuplicates } from "./near-duplicates";
import { checkPhotoOptions, type PhotoOptions } from "./photo";
import { nameOfPlace, openPictureFiles } from "./picture-files";

export interface ImageFolderOptions extends PhotoOptions {
  /** A model, a set or an input's description: size, channels and value range become what it takes. */
  like?: InputLike;
  /** Height and width in px, 224 by default; where `like` leaves them open, or without it. */
  size?: number;
  /** The share of each class that is held out to be tested on, where no folder says so; 0.2 by default. */
  testShare?: number;
  /** Which ones are held out; 1 by default. */
  seed?: number;
  /** What to do about files that are broken or no pictures: leave them out and list them, or throw. */
  onBad?: "skip" | "refuse";
  /** Stops once the pictures at hand are decoded. */
  signal?: AbortSignal;
}

export interface ImageFolder extends Dataset {
  /** Where there are folders for validation and for test. */
  validation?: Examples;
  report: FolderReport;
}

/** Makes a data set of your own pictures: a folder, or a .zip, .tar, .tar.gz or .tgz archive, with one folder for
 * each class, or with `train` and `test` (or `val`) above them, perhaps in a folder that wraps all of it.
 *
 * JPEG, PNG, GIF, BMP and WebP of any size, see `decodePhoto`. Without a test folder, part of each class is held
 * out. Pixels stay bytes: 10,000 pictures of 224×224 are 1.5 GB. Archives are never unpacked to disk.
 * @param path Borrowed; nothing is written.
 * @returns Typed arrays and plain values; nothing to dispose. The parts are views of one array.
 * @throws RangeError for options out of range.
 * @throws Error where pictures aren't in class folders, a class is empty or the only one, an archive is damaged or
 *   made to do harm, `like` takes no images, or a file is bad and `onBad` is `"refuse"`; the signal's reason where
 *   it was stopped.
 * @example
 * const photos = await imageFolder("./photos", { like: source, seed: 1 }); // photos/cats/….jpg, photos/dogs/….jpg
 * photos.report.skipped; // files that are no pictures, and why */
export async function imageFolder(
  path: string,
  { signal = interruptSignal(), ...others }: ImageFolderOptions = {},
): Promise<ImageFolder> {
  const options = { ...others, signal };
  const { testShare = 0.2, seed = 1, onBad = "skip", fit, background } = options;
  checkOptions(path, options);
  const name = nameOfPlace(path);
  const { input, isBytes } = inputOf(name, options);
  const source = await openPictureFiles(path, signal);
  try {
    const layout = classLayout(source.entries, name);
    if (onBad === "refuse") refuseSkipped(name, layout.skipped);
    if (!isBytes) warnOfFloats(name, layout.files.length, input);
    const asBytes: InputSpec = { ...input, range: [0, 255] };
    const task = `Reading ${name}`;
    const photos = await decodePhotos(source, layout.files, asBytes, { task, signal, fit, background });
    if (onBad === "refuse") refuseSkipped(name, photos.bad);

    const slots = slotsOf(name, layout, photos, { share: testShare, seed });
    const pairs = await nearDuplicates(photos.prints, slots.train, slots.test, signal);
    const folderReport = reportOn(layout, photos.bad, slots, pairs);
    tell(name, folderReport);
    const { train, validation, test } = partsOf(layout, photos.images, slots, asBytes);
    const set: Dataset = { name, classes: [...layout.classes], input: asBytes, train, test };
    return {
      ...adapt(set, { like: input }),
      ...(validation.count > 0 && { validation: adapt(validation, { like: input }) }),
      report: folderReport,
    };
  } finally {
    source.close();
  }
}

const SIZE = 224; // px, what networks trained on ImageNet take

function checkOptions(
  path: string,
  { size = SIZE, testShare = 0.2, onBad = "skip", ...options }: ImageFolderOptions,
): void {
  if (typeof path !== "string" || path === "")
    throw new TypeError(
      `Cannot read pictures from ${JSON.stringify(path)}: give the path of a folder or an archive.`,
    );
  if (!(Number.isInteger(size) && size >= 1 && size <= 4096))
    throw new RangeError(`Cannot make pictures of size ${size}: it is a whole number of px from 1 to 4096.`);
  if (!(testShare > 0 && testShare < 1))
    throw new RangeError(`Cannot hold out a share of ${testShare}: it lies between 0 and 1.`);
  if (onBad !== "skip" && onBad !== "refuse")
    throw new RangeError(`Cannot treat bad files by ${JSON.stringify(onBad)}: say "skip" or "refuse".`);
  checkPhotoOptions(options);
  options.signal?.throwIfAborted();
}

/** What the pictures are to look like; refused where no pictures can look like it. */
function inputOf(name: string, { like, size }: ImageFolderOptions): { input: InputSpec; isBytes: boolean } {
  const side = size ?? SIZE;
  const photos: InputSpec = { type: "image", height: side, width: side, channels: 3, range: [0, 255] };
  if (!like) return { input: photos, isBytes: true };
  const { input, assumed } = readInput(like, photos);
  checkSameType(name, photos, input);
  if (size !== undefined && (input.height !== size || input.width !== size))
    throw new RangeError(
      `Cannot make pictures of size ${size} for what takes ${input.height}×${input.width}: leave out "size".`,
    );
  if (assumed) report(`${name}: values taken to be 0…255, as the model has no card`);
  return { input, isBytes: input.range[0] === 0 && input.range[1] === 255 };
}

function warnOfFloats(name: string, count: number, input: InputSpec): void {
  const bytes = count * imageLength(input);
  report(
    `${name}: values of ${input.range.join("…")} are kept as floats: ${sizeText(4 * bytes)} instead of ${sizeText(bytes)}, and ${sizeText(5 * bytes)} while they are made`,
  );
}

/** @throws Error where there is anything to refuse. */
function refuseSkipped(name: string, skipped: readonly SkippedFile[]): void {
  if (skipped.length > 0)
    throw new Error(
      `Cannot use ${skipped.length} of the files of ${name}: ${listSkipped(skipped, 10)}. With onBad: "skip" they are left out.`,
    );
}
