/** What the tests of both drawn sets ask of them. */
import { createHash } from "node:crypto";
import { imageAt, type Dataset, type Examples } from "../../../src/helpers/data/examples";

/** A short name for bytes: the first half of their SHA-256. */
export function fingerprint({ train, test }: Dataset): string {
  const hash = createHash("sha256");
  for (const { images, labels } of [train, test]) hash.update(images).update(labels);
  return hash.digest("hex").slice(0, 32);
}

/** How many examples each class has. */
export function countsOf({ labels, classes }: Examples): number[] {
  return classes.map((_, label) => labels.filter((l) => l === label).length);
}

/** How many different images there are. */
export function distinctImages(parts: Examples[]): number {
  const seen = new Set<string>();
  for (const part of parts)
    for (let i = 0; i < part.count; i++) seen.add(Buffer.from(imageAt(part, i)).toString("latin1"));
  return seen.size;
}

/** Share of test images whose class has the nearest mean of a feature. */
export function nearestMeanAccuracy(
  { train, test, classes }: Dataset,
  featureOf: (image: Uint8Array | Float32Array) => ArrayLike<number>,
): number {
  const length = featureOf(imageAt(train, 0)).length;
  const sums = classes.map(() => new Float64Array(length));
  const counts = countsOf(train);
  for (let i = 0; i < train.count; i++) {
    const feature = featureOf(imageAt(train, i));
    for (let f = 0; f < length; f++) sums[train.labels[i]][f] += feature[f] / counts[train.labels[i]];
  }
  let right = 0;
  for (let i = 0; i < test.count; i++) {
    const feature = featureOf(imageAt(test, i));
    const distances = sums.map((mean) => mean.reduce((sum, m, f) => sum + (m - feature[f]) ** 2, 0));
    if (distances.indexOf(Math.min(...distances)) === test.labels[i]) right++;
  }
  return right / test.count;
}
