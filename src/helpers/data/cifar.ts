import { cifar100Coarse, cifar100CoarseOf, cifar100Fine } from "./cifar100-classes";
import { readCifarBinary, type CifarRecords } from "./cifar-binary";
import type { RawPart } from "./raw-set";
import type { Source } from "./source";
import { readTar } from "./tar";

const shared = {
  input: { type: "image", height: 32, width: 32, channels: 3, range: [0, 255] },
  counts: { train: 50_000, test: 10_000 },
  addresses: ["https://www.cs.toronto.edu/~kriz/"],
} satisfies Partial<Source>;

/** Photographs of ten kinds of things (Krizhevsky, 2009). */
export const cifar10: Source = {
  ...shared,
  name: "cifar10",
  classes: ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
  files: [{ name: "cifar-10-binary.tar.gz", md5: "c32a1d4ab5d03f1284b67883e8d87530" }],
  read([tar]) {
    const batches = [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`);
    const [test, ...train] = binariesOf(tar, ["test_batch.bin", ...batches]).map((bytes) => {
      const { images, labels } = readCifarBinary(bytes, { labelBytes: 1 });
      return { images, labels: labels[0] };
    });
    return { train: joined(train), test };
  },
};

/** Photographs of a hundred kinds of things, in twenty groups (Krizhevsky, 2009). */
export const cifar100: Source = {
  ...shared,
  name: "cifar100",
  classes: cifar100Fine,
  coarse: { classes: cifar100Coarse, of: cifar100CoarseOf },
  files: [{ name: "cifar-100-binary.tar.gz", md5: "03b5dce01913d631647c71ecec9e9cb8" }],
  read([tar]) {
    const [train, test] = binariesOf(tar, ["train.bin", "test.bin"]).map((bytes) =>
      fineLabelled(readCifarBinary(bytes, { labelBytes: 2 })),
    );
    return { train, test };
  },
};

/** The named files of an archive, in the order of the names, whatever folder they are in. */
function binariesOf(tar: Uint8Array, names: string[]): Uint8Array[] {
  const found = new Map<string, Uint8Array>();
  for (const { path, bytes } of readTar(tar)) found.set(path.split("/").pop()!, bytes);
  return names.map((name) => {
    const bytes = found.get(name);
    if (!bytes)
      throw new Error(`The archive lacks ${name}; it holds ${[...found.keys()].join(", ") || "nothing"}.`);
    return bytes;
  });
}

/** Keeps the fine labels, once they agree with the coarse ones: coarse ones follow from them. */
function fineLabelled({ images, labels: [coarse, fine] }: CifarRecords): RawPart {
  const wrong = fine.findIndex((label, i) => cifar100CoarseOf[label] !== coarse[i]);
  if (wrong >= 0)
    throw new Error(
      `Record ${wrong} has the fine label ${fine[wrong]} and the coarse label ${coarse[wrong]}, which do not go together.`,
    );
  return { images, labels: fine };
}

function joined(parts: RawPart[]): RawPart {
  const join = (arrays: Uint8Array[]): Uint8Array => {
    const whole = new Uint8Array(arrays.reduce((sum, array) => sum + array.length, 0));
    let at = 0;
    for (const array of arrays) {
      whole.set(array, at);
      at += array.length;
    }
    return whole;
  };
  return { images: join(parts.map((part) => part.images)), labels: join(parts.map((part) => part.labels)) };
}
