import { imageAt, type Examples, type Neighbours } from "../helpers";
import { showPicture } from "./picture";
import { imageGrid, type Raster } from "./raster";

const COLUMN = 88; // CSS px, of one image with its label

/** Shows images, and beside each the training examples that it resembles: their similarity (1 is the same
 * direction) and class.
 * @param images What was asked for.
 * @param neighbours From {@link nearestTrainingImages}, for the same images.
 * @param training The examples among which they were found.
 * @throws RangeError where there is nothing to show, or not one list of neighbours for each image.
 * @example
 * await showNearest(few, await nearestTrainingImages(source, few, photos.train), photos.train); */
export async function showNearest(
  images: Examples,
  neighbours: readonly Neighbours[],
  training: Examples,
  { title = "Each image, and what the network finds most like it (1 = the same)" }: { title?: string } = {},
): Promise<void> {
  if (images.count === 0 || neighbours.length !== images.count)
    throw new RangeError(
      `Cannot show neighbours: it takes a list of them for each image. Received: ${neighbours.length} for ${images.count} images.`,
    );
  const most = Math.max(...neighbours.map(({ indices }) => indices.length));
  const { height, width } = training.input;
  const blank: Raster = {
    pixels: new Uint8Array(height * width),
    height,
    width,
    channels: 1,
    range: [-1, 0],
  };
  const grid = neighbours.flatMap(({ indices, similarities }, i): Raster[] => [
    { ...images.input, pixels: imageAt(images, i), label: `${classOf(images, i)} →` },
    ...Array.from(indices, (index, n) => ({
      ...training.input,
      pixels: imageAt(training, index),
      label: `${brief(similarities[n])} ${classOf(training, index)}`,
    })),
    ...Array.from({ length: most - indices.length }, () => blank),
  ]);
  const fits = (COLUMN - 6) / width;
  const scale = fits < 1 ? fits : Math.floor(2 * fits) / 2;
  const lines = neighbours.map(({ indices, similarities }, i) => {
    const found = Array.from(
      indices,
      (index, n) => `${classOf(training, index)} ${similarities[n].toFixed(2)}`,
    );
    return `${classOf(images, i)}: ${found.join(", ")}`;
  });
  showPicture(imageGrid(grid, { columns: most + 1, scale, title }), `${title}\n${lines.join("\n")}`);
}

/** 0.62 → ".62", which leaves room for the name of the class. */
function brief(similarity: number): string {
  return similarity.toFixed(2).replace("0.", ".");
}

function classOf({ classes, labels }: Examples, index: number): string {
  return classes[labels[index]];
}
