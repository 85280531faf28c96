/** Looks into a network, each look once. */
import {
  activations,
  detectorCensus,
  graphOf,
  imageAt,
  pick,
  preferredImage,
  receptiveField,
  topPlaces,
  type DetectorCensus,
  type Examples,
  type LayerActivations,
  type ReceptiveField,
  type tf,
  type TopPlaces,
} from "../../helpers";
import { Kept } from "./kept";
import { exploredLayers, feedsOf, type Layer } from "./layers";
import type { FeatureMap, Photo, PlaceLook, Sheet, Thumb, Tuning, UnitLook } from "./state";
import { signAt, signsBetween } from "./signs";
import { sheetOf, thumbOf } from "./thumb";

/** How many pixels are looked through for patches: a second's work for a network like Tiny Darknet. */
const MOST_PIXELS = 5e6;
const PHOTO_SIDE = 320; // px, of what the page is sent
const ANSWERS = 8;

type Field = ReceptiveField & { readAt: string };

export class Views {
  readonly layers: readonly Layer[];
  private readonly fields = new Kept<Field>(100);
  private readonly weights = new Kept<Float32Array>(4);
  private readonly signs = new Kept<Int8Array[]>(100);
  private readonly tops = new Kept<TopPlaces>(100);
  private readonly maps = new Kept<LayerActivations>(10);
  private readonly sheets = new Kept<Sheet>(100);
  private readonly censuses = new Kept<DetectorCensus>(100);
  private readonly preferred = new Kept<Thumb>(500);
  /** Those photographs that are looked through for patches. */
  private readonly searched: number[];
  private readonly sought: Examples;

  constructor(
    private readonly network: tf.LayersModel,
    private readonly photos: Examples,
    private readonly perUnit: number,
  ) {
    this.layers = exploredLayers(network);
    const { height, width } = photos.input;
    const most = Math.max(1, Math.min(photos.count, Math.floor(MOST_PIXELS / (height * width))));
    // Evenly, since sets may be in order of their classes.
    this.searched = Array.from({ length: most }, (_, i) => Math.floor((i * photos.count) / most));
    this.sought = most < photos.count ? pick(photos, this.searched) : photos;
  }

  layer(name: string): Layer {
    const found = this.layers.find((one) => one.name === name);
    if (found) return found;
    const known = this.layers.map((one) => `"${one.name}"`).join(", ");
    throw new RangeError(`Cannot explore "${name}": the layers are ${known}.`);
  }

  unit(name: string, unit: number): Layer {
    const layer = this.layer(name);
    if (Number.isInteger(unit) && unit >= 0 && unit < layer.units) return layer;
    throw new RangeError(`Cannot explore unit ${unit}: "${name}" has the units 0 to ${layer.units - 1}.`);
  }

  photo(image: number): Photo {
    const { count, classes, labels, input } = this.photos;
    if (!(Number.isInteger(image) && image >= 0 && image < count))
      throw new RangeError(`Cannot show photograph ${image}: there are 0 to ${count - 1}.`);
    const picture = thumbOf({ ...input, pixels: imageAt(this.photos, image) }, PHOTO_SIDE);
    return { name: classes[labels[image]] ?? "", height: input.height, width: input.width, picture };
  }

  /** What is soon known of a unit. */
  async look(name: string, unit: number, signal?: AbortSignal): Promise<UnitLook> {
    const layer = this.unit(name, unit);
    const { height, width, readAt } = await this.field(name);
    const values = await this.weightsOf(layer);
    const patches = (await this.places(name, signal)).cut(unit);
    const below = layer.below === null ? null : this.layer(layer.below);
    return {
      layer: name,
      unit,
      sees: { height, width },
      kernel: kernelInColour(layer, values, unit),
      turned: signAt(await this.signsOf(name, readAt), unit) < 0,
      below: layer.below,
      feeds: below ? feedsOf(values, layer, unit, below.units) : [],
      patches: patches.map((patch) => ({
        ...{ image: this.searched[patch.image], box: patch.box, value: patch.value },
        picture: thumbOf(patch),
      })),
      searched: this.searched.length,
      hasCensus: this.hasCensus(layer),
      tuning: null,
      preferred: null,
    };
  }

  /** A picture of each unit: of a first layer its kernel, of others the patch that excites it most. */
  thumbs(name: string, signal?: AbortSignal): Promise<Sheet> {
    return this.sheets.get(name, async () => {
      const layer = this.layer(name);
      const values = await this.weightsOf(layer);
      if (kernelInColour(layer, values, 0))
        return sheetOf(
          Array.from({ length: layer.units }, (_, unit) => kernelInColour(layer, values, unit)!),
        );
      const { units, cut } = await this.places(name, signal);
      return sheetOf(units.map((unit) => thumbOf(cut(unit, 1)[0], 32)));
    });
  }

  /** What the census says of a unit; null for layers without a census. */
  async tuning(name: string, unit: number, signal: AbortSignal): Promise<Tuning | null> {
    if (!this.hasCensus(this.layer(name))) return null;
    const options = { layers: [name], controls: 1, input: this.photos.input, signal };
    const { layers, angles } = await this.censuses.get(
      name,
      () => detectorCensus(this.network, options),
      signal,
    );
    const { kind, best, tuning } = layers[0].units[unit];
    const [straight, corner, curve] = [tuning.straight, tuning.corner, tuning.curve].map((t) =>
      Array.from(t),
    );
    return { kind, best, angles, straight, corner, curve };
  }

  /** The image that excites a unit most. */
  preferredBy(name: string, unit: number, signal: AbortSignal): Promise<Thumb> {
    const options = { input: this.photos.input, signal };
    return this.preferred.get(
      `${name} ${unit}`,
      async () => thumbOf(await preferredImage(this.network, name, unit, options)),
      signal,
    );
  }

  async map(name: string, unit: number, image: number): Promise<FeatureMap> {
    const { height: rows, width: columns, channels, values } = await this.answers(name, image);
    const field = await this.field(name);
    const own = Array.from({ length: rows * columns }, (_, i) => Math.max(0, values[i * channels + unit]));
    const strongest = own.reduce((a, b) => Math.max(a, b), 0);
    const { top, bottom, left, right } = field.at(0, 0);
    return {
      rows,
      columns,
      values: Uint8Array.from(own, (value) => Math.round((255 * value) / (strongest || 1))),
      strongest,
      first: { y: (top + bottom) / 2, x: (left + right) / 2 },
      stride: { y: field.strideY, x: field.strideX },
    };
  }

  async at(name: string, image: number, x: number, y: number): Promise<PlaceLook> {
    const { height, width } = this.photos.input;
    if (!(x >= 0 && x < width && y >= 0 && y < height))
      throw new RangeError(
        `Cannot look at (${x}, ${y}): a photograph is ${width} px wide and ${height} px high.`,
      );
    const { height: rows, width: columns, channels, values } = await this.answers(name, image);
    const field = await this.field(name);
    const first = field.at(0, 0);
    const row = nearest(y, (first.top + first.bottom) / 2, field.strideY, rows);
    const column = nearest(x, (first.left + first.right) / 2, field.strideX, columns);
    const from = (row * columns + column) * channels;
    const all = Array.from({ length: channels }, (_, unit) => ({ unit, value: values[from + unit] }));
    const shown = all.sort((a, b) => b.value - a.value || a.unit - b.unit).slice(0, ANSWERS);
    const places = await this.places(name);
    const share = (unit: number, value: number): number | null => {
      const best = places.strongest(unit);
      return best > 0 ? value / best : null;
    };
    const answers = shown.map(({ unit, value }) => ({ unit, value, share: share(unit, value) }));
    return { layer: name, image, x, y, row, column, box: field.at(row, column), answers };
  }

  private answers(name: string, image: number): Promise<LayerActivations> {
    return this.maps.get(`${name} ${image}`, async () => {
      const options = { layers: [name], beforeActivation: true };
      return (await activations(this.network, pick(this.photos, [image]), options))[0];
    });
  }

  /** What a unit sees at the place where its answer is read. */
  private field(name: string): Promise<Field> {
    return this.fields.get(name, async () => {
      const one = pick(this.photos, [0]);
      const { readAt } = await topPlaces(this.network, name, one, { units: [0], perUnit: 1 });
      return { ...receptiveField(this.network, readAt, { input: this.photos.input }), readAt };
    });
  }

  private places(name: string, signal?: AbortSignal): Promise<TopPlaces> {
    const options = { perUnit: this.perUnit, signal };
    return this.tops.get(name, () => topPlaces(this.network, name, this.sought, options), signal);
  }

  private hasCensus({ isConvolution }: Layer): boolean {
    return isConvolution && [1, 3].includes(this.photos.input.channels);
  }

  /** The kernel as it counts: what raises the answer, as it is read, of a unit by raising that of one below. */
  private weightsOf({ name, kernel, units, below, isDepthwise }: Layer): Promise<Float32Array> {
    return this.weights.get(name, async () => {
      const values = Float32Array.from(await kernel.read().data());
      const own = await this.signsOf(name, (await this.field(name)).readAt);
      const before = below === null ? [] : await this.signsOf((await this.field(below)).readAt, name);
      const each = kernel.shape.at(-1)!;
      const fedBy = (i: number): number => Math.floor(isDepthwise ? (i % units) / each : i / units);
      return values.map((weight, i) => weight * signAt(own, i % units) * signAt(before, fedBy(i)));
    });
  }

  private signsOf(from: string, to: string): Promise<Int8Array[]> {
    return this.signs.get(`${from} ${to}`, () => signsBetween(graphOf(this.network), from, to));
  }
}

function nearest(at: number, first: number, stride: number, cells: number): number {
  return stride > 0 ? Math.min(cells - 1, Math.max(0, Math.round((at + 0.5 - first) / stride))) : 0;
}

/** A unit's weights as a picture, grey being none; null but for convolutions on an image's own channels. */
function kernelInColour(
  { kernel, isConvolution, below }: Layer,
  values: ArrayLike<number>,
  unit: number,
): Thumb | null {
  const [height, width, channels, units] = kernel.shape;
  if (!isConvolution || below !== null || (channels !== 1 && channels !== 3)) return null;
  const pixels = Array.from({ length: height * width * channels }, (_, i) => values[i * units + unit]);
  const largest = pixels.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0) || 1;
  return thumbOf({ pixels, height, width, channels, range: [-largest, largest] });
}
