/** The binary format of CIFAR: records of one or two label bytes and a 32×32 photograph, plane by plane. */

const SIDE = 32; // px
const PLANE = SIDE * SIDE;

export interface CifarRecords {
  /** `[count, 32, 32, 3]`, 0…255. */
  images: Uint8Array;
  /** One list of `[count]` for each label byte: CIFAR-10 has `[classes]`, CIFAR-100 `[coarse, fine]`. */
  labels: Uint8Array[];
  count: number;
}

/** Reads the records of one file, such as `data_batch_1.bin`, and turns planes into pixels.
 * @param options.labelBytes 1 for CIFAR-10, 2 for CIFAR-100.
 * @throws Error where the file isn't made of whole records.
 * @see https://www.cs.toronto.edu/~kriz/cifar.html, "Binary version"
 * @example const { images, labels: [coarse, fine] } = readCifarBinary(bytes, { labelBytes: 2 }); */
export function readCifarBinary(bytes: Uint8Array, { labelBytes }: { labelBytes: 1 | 2 }): CifarRecords {
  const record = labelBytes + 3 * PLANE;
  if (bytes.length === 0 || bytes.length % record !== 0)
    throw new Error(
      `Cannot read a CIFAR file: it is made of records of ${record} bytes. Received: ${bytes.length} bytes.`,
    );
  const count = bytes.length / record;
  const images = new Uint8Array(count * 3 * PLANE);
  const labels = Array.from({ length: labelBytes }, () => new Uint8Array(count));
  for (let i = 0, to = 0; i < count; i++) {
    for (let l = 0; l < labelBytes; l++) labels[l][i] = bytes[i * record + l];
    const red = i * record + labelBytes;
    for (let from = red; from < red + PLANE; from++) {
      images[to++] = bytes[from];
      images[to++] = bytes[from + PLANE];
      images[to++] = bytes[from + 2 * PLANE];
    }
  }
  return { images, labels, count };
}
