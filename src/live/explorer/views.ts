/** Looks into a network, each look once. */
import {
  activations,
  detectorCensus,
  imageAt,
  pick,
  preferredImage,
  receptiveField,
  topPatches,
  type DetectorCensus,
  type Examples,
  type LayerActivations,
  type ReceptiveField,
  type tf,
  type TopPatches,
} from "../../helpers";
import { Kept } from "./kept";
import { exploredLayers, feedsOf, type Layer } from "./layers";
import type { FeatureMap, PlaceLook, Sheet, Thumb, Tuning, UnitLook } from "./state";
import { sheetOf, thumbOf } from "./thumb";

/** Patches of all units of a layer are kept up to here; above, those of one unit at a time. */
const MOST_BYTES = 64 * 2 ** 20;
const ANSWERS = 8;

type Field = ReceptiveField & { bytes: number };

export class Views {
  readonly layers: readonly Layer[];
  private readonly fields = new Kept<Field>(100);
  private readonly weights = new Kept<ArrayLike<number>>(100);
  private readonly tops = new Kept<TopPatches>(200);
  private readonly maps = new Kept<LayerActivations>(40);
  private readonly sheets = new Kept<Sheet | null>(100);
  private readonly censuses = new Kept<DetectorCensus>(100);
  private readonly preferred = new Kept<Thumb>(500);

  constructor(
    private readonly network: tf.LayersModel,
    private readonly photos: Examples,
    private readonly perUnit: number,
  ) {
    this.layers = exploredLayers(network);
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

  photo(image: number): Thumb & { name: string } {
    const { count, classes, labels, input } = this.photos;
    if (!(Number.isInteger(image) && image >= 0 && image < count))
      throw new RangeError(`Cannot show photograph ${image}: there are 0 to ${count - 1}.`);
    const thumb = thumbOf({ ...input, pixels: imageAt(this.photos, image) }, 320);
    return { ...thumb, name: classes[labels[image]] ?? "" };
  }

  /** What is soon known of a unit. */
  async look(name: string, unit: number): Promise<UnitLook> {
    const layer = this.unit(name, unit);
    const { height, width } = await this.field(name);
    const values = await this.weightsOf(layer);
    const [{ patches }] = (await this.patches(name, unit)).units.filter((one) => one.unit === unit);
    const below = layer.below === null ? null : this.layer(layer.below);
    return {
      layer: name,
      unit,
      sees: { height, width },
      kernel: kernelInColour(layer, values, unit),
      below: layer.below,
      feeds:
        below && layer.kernel.shape.at(-1) === layer.units ? feedsOf(values, layer, unit, below.units) : [],
      patches: patches.map((patch) => ({
        ...{ image: patch.image, box: patch.box, value: patch.value },
        picture: thumbOf(patch),
      })),
      tuning: null,
      preferred: null,
    };
  }

  /** A picture of each unit: of a first layer its kernel, of others the patch that excites it most. */
  thumbs(name: string): Promise<Sheet | null> {
    return this.sheets.get(name, async () => {
      const layer = this.layer(name);
      const values = await this.weightsOf(layer);
      if (kernelInColour(layer, values, 0))
        return sheetOf(
          Array.from({ length: layer.units }, (_, unit) => kernelInColour(layer, values, unit)!),
        );
      if (!(await this.allAtOnce(name))) return null;
      const { units } = await this.patches(name, 0);
      return sheetOf(units.map(({ patches: [patch] }) => thumbOf(patch, 32)));
    });
  }

  /** What the census says of a unit; null for layers without a census. */
  async tuning(name: string, unit: number, signal: AbortSignal): Promise<Tuning | null> {
    if (!this.layer(name).isConvolution || ![1, 3].includes(this.photos.input.channels)) return null;
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
    const best = (await this.allAtOnce(name)) ? (await this.patches(name, 0)).units : [];
    const share = (unit: number, value: number): number | null =>
      best[unit]?.patches[0].value > 0 ? value / best[unit].patches[0].value : null;
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
      const { readAt } = await topPatches(this.network, name, one, { units: [0], perUnit: 1 });
      const field = receptiveField(this.network, readAt, { input: this.photos.input });
      const bytes = field.height * field.width * one.images.BYTES_PER_ELEMENT * this.photos.input.channels;
      return { ...field, bytes };
    });
  }

  private async allAtOnce(name: string): Promise<boolean> {
    const { bytes } = await this.field(name);
    return bytes * this.layer(name).units * Math.min(this.perUnit, this.photos.count) <= MOST_BYTES;
  }

  private async patches(name: string, unit: number): Promise<TopPatches> {
    const all = await this.allAtOnce(name);
    const options = { perUnit: this.perUnit, ...(!all && { units: [unit] }) };
    return this.tops.get(all ? name : `${name} ${unit}`, () =>
      topPatches(this.network, name, this.photos, options),
    );
  }

  private weightsOf({ name, kernel }: Layer): Promise<ArrayLike<number>> {
    return this.weights.get(name, () => kernel.read().data());
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
