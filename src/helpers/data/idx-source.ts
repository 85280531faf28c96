import { readIdx } from "./idx";
import type { RawPart } from "./raw-set";
import type { Source, SourceFile } from "./source";

const GREY_28 = {
  type: "image",
  height: 28,
  width: 28,
  channels: 1,
  range: [0, 255],
} satisfies Source["input"];

/** A set published as MNIST is: images and labels of both parts in four IDX files.
 * @param checksums Of training images, training labels, test images, test labels. */
export function idxSource(
  name: string,
  classes: string[],
  addresses: string[],
  checksums: Omit<SourceFile, "name">[],
): Source {
  const names = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"];
  return {
    name,
    classes,
    addresses,
    input: { ...GREY_28, range: [0, 255] },
    counts: { train: 60_000, test: 10_000 },
    files: names.map((file, i) => ({ name: `${file}-ubyte.gz`, ...checksums[i] })),
    read: ([trainImages, trainLabels, testImages, testLabels]) => ({
      train: readPart(trainImages, trainLabels),
      test: readPart(testImages, testLabels),
    }),
  };
}

function readPart(imageFile: Uint8Array, labelFile: Uint8Array): RawPart {
  const images = readIdx(imageFile);
  const labels = readIdx(labelFile);
  if (images.shape.length !== 3 || images.shape[1] !== GREY_28.height || images.shape[2] !== GREY_28.width)
    throw new Error(`Images have the shape count×28×28. Received: ${images.shape.join("×")}.`);
  if (labels.shape.length !== 1 || labels.shape[0] !== images.shape[0])
    throw new Error(
      `${images.shape[0]} images need as many labels. Received: labels of shape ${labels.shape.join("×")}.`,
    );
  return { images: images.values, labels: labels.values };
}
