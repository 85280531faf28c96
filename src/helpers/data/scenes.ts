import type { Random } from "../random";
import type { Dataset } from "./examples";
import { makeSet, type MakeOptions } from "./made-set";
import { blur, makeLight, photoPx, takePhoto } from "./scenes/camera";
import { plants } from "./scenes/clutter";
import { between, oneOf } from "./scenes/colour";
import { canvasPx, newCanvas, type Canvas } from "./scenes/paint";
import { places } from "./scenes/places";
import { paintThing } from "./scenes/stage";
import { kinds } from "./scenes/things";

/** Pictures made from a seed, to stand in for photographs: ten kinds of things, modelled in three dimensions,
 * each one with its own build, pose, colours and texture, before a background, in changing light, seen from
 * another side each time, partly hidden now and then, with a camera's blur and noise. Neither the colours nor
 * the background tell the class: its shape does.
 * @param options.seed The same seed gives the same bytes on every machine; 1 if not given.
 * @param options.train,options.test How many images, 1 or more; 10,000 and 2,000 if not given. Image `i` does not
 *   depend on how many are asked for.
 * @returns Bytes, `[count, 32, 32, 3]`, classes "bird" to "truck", balanced.
 * @throws RangeError where a number of images is not 1 or more.
 * @example const { train, test } = makeScenes({ seed: 1, train: 5000, test: 1000 }); */
export function makeScenes(options: MakeOptions = {}): Dataset {
  const canvas = newCanvas(); // every background covers all of it
  const maker = {
    name: "scenes",
    classes: kinds.map(({ name }) => name),
    input: {
      type: "image" as const,
      height: photoPx,
      width: photoPx,
      channels: 3,
      range: [0, 255] as [number, number],
    },
    draw: (label: number, chance: Random, image: Uint8Array) => drawScene(canvas, label, chance, image),
  };
  return makeSet(maker, options);
}

/** One picture: background, thing, what is before it, photograph. */
function drawScene(canvas: Canvas, label: number, chance: Random, image: Uint8Array): void {
  const light = makeLight(chance);
  const kind = kinds[label];
  places[oneOf(kind.places, chance)](canvas, light, chance);
  blur(canvas, chance.int(4)); // the background is often out of focus
  paintThing(canvas, kind.make(chance), light, chance);
  if (chance.uniform() < 0.25) {
    const spots = Array.from({ length: 1 + chance.int(3) }, () => ({
      x: canvasPx * chance.uniform(),
      y: canvasPx * between(0.9, 1.1, chance),
      size: between(6, 16, chance),
    }));
    plants(canvas, spots, light, chance);
  }
  takePhoto(canvas, chance, image);
}
