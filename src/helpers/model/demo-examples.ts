/** The pictures that a demo offers to try a model on. */
import { checkExamples, imageAt, type Examples, type InputSpec } from "../data";

const MOST_EXAMPLES = 12;

/** @throws Error where they are no pictures, or none. */
export function checkSamples(samples: Examples): void {
  checkExamples(samples);
  if (!isPicture(samples.input) || samples.count === 0)
    throw new Error(
      `Cannot write a demo with these examples: it takes images that are grey or in colour. Received: ${samples.count === 0 ? "none" : describeInput(samples.input)}.`,
    );
}

export function isPicture({ type, channels }: InputSpec): boolean {
  return type === "image" && (channels === 1 || channels === 3);
}

export function describeInput({ type, channels }: InputSpec): string {
  return type === "image" ? `images of ${channels} channels` : type;
}

export interface ShownExample {
  label: string;
  height: number;
  width: number;
  channels: number;
  /** Bytes, in base 64. */
  pixels: string;
}

/** Some examples, going round the classes. */
export function pictures(samples: Examples): ShownExample[] {
  const { labels, classes, input, count } = samples;
  const { height, width, channels } = input;
  const seen = new Array<number>(classes.length).fill(0);
  const order = Array.from({ length: count }, (_, i) => ({ i, round: seen[labels[i]]++ }));
  order.sort((a, b) => a.round - b.round || labels[a.i] - labels[b.i]);
  return order.slice(0, MOST_EXAMPLES).map(({ i }) => {
    const bytes = asBytes(imageAt(samples, i), input);
    return {
      label: classes[labels[i]],
      height,
      width,
      channels,
      pixels: Buffer.from(bytes).toString("base64"),
    };
  });
}

function asBytes(image: ArrayLike<number>, { range: [low, high] }: InputSpec): Uint8ClampedArray {
  return Uint8ClampedArray.from(image, (value) => (255 * (value - low)) / (high - low));
}

/** White where the upper edges are dark. */
export function inkOf(samples: Examples): "black" | "white" {
  const line = samples.input.width * samples.input.channels;
  let sum = 0;
  for (let i = 0; i < samples.count; i++)
    for (const value of asBytes(imageAt(samples, i).subarray(0, line), samples.input)) sum += value;
  return sum / (samples.count * line) < 64 ? "white" : "black";
}
