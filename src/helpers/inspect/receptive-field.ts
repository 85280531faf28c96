import { inputSpecOf, type InputSpec } from "../data";
import type { tf } from "../engine";
import { graphOf, INPUT, stepNamed, type Step } from "../model";
import { isKnown, outputShape, reachOf, type Shape, type Window } from "./reach";

/** A part of an image or a map, in px; `bottom` and `right` are the first ones outside. */
export interface Box {
  top: number;
  left: number;
  bottom: number;
  right: number;
}

/** What the units of a layer see of the image. */
export interface ReceptiveField {
  layer: string;
  /** The size of the layer's map; 1 × 1 where it has none. */
  rows: number;
  columns: number;
  /** The size of what one unit sees, in px of the image; at the border a part of it lies outside. */
  height: number;
  width: number;
  /** Pixels from what one unit sees to what the next one sees; 0 where all see the same. */
  strideY: number;
  strideX: number;
  /** What the unit in this place of the map sees, of full size: it may reach outside of the image. */
  at(row: number, column: number): Box;
  /** The smallest box around the pixels of the image that it does see; empty where it sees nothing but
   * padding. */
  inside(row: number, column: number): Box;
}

/** The part of the image that a unit depends on, for any network of convolutions, pools, padding, cropping,
 * upsampling, branches, and layers that take each place by itself. Behind a dense layer, a reshape or global
 * pooling it is the whole image.
 * @param layer A name as in `summarize`; inside a nested model `"trunk/conv1"`.
 * @param options.input The size of the images, which padding depends on; what the model states.
 * @throws RangeError where no layer is called so; Error where a layer on the way is of an unknown kind.
 * @example
 * receptiveField(source, "conv2").height; // 10 px
 * @see Araujo, Norris, Sim (2019), Computing receptive fields of convolutional neural networks, Distill. */
export function receptiveField(
  model: tf.LayersModel,
  layer: string,
  { input = inputSpecOf(model) }: { input?: InputSpec } = {},
): ReceptiveField {
  const graph = graphOf(model);
  return fieldOf(graph, stepNamed(graph, layer, "tell the receptive field of"), input);
}

/** The same for a step of a graph. */
export function fieldOf(graph: readonly Step[], step: number, input: InputSpec): ReceptiveField {
  const image = [input.height, input.width, input.channels];
  const shapes = shapesOf(graph.slice(0, step + 1), input);
  const [rows, columns] = shapes[step].length === 3 ? shapes[step] : [1, 1];
  const see = (row: number, column: number, clipped: boolean): Box => {
    if (!(row >= 0 && row < rows && column >= 0 && column < columns))
      throw new RangeError(
        `Cannot tell what the unit in row ${row}, column ${column} sees: "${graph[step].name}" has ${rows} rows and ${columns} columns.`,
      );
    const unit = { top: row, left: column, bottom: row + 1, right: column + 1 };
    return trace({ graph, shapes, image }, step, unit, clipped) ?? { top: 0, left: 0, bottom: 0, right: 0 };
  };
  const at = (row: number, column: number): Box => see(row, column, false);
  // Units of an enlarged map differ in size by a pixel.
  const heights = Array.from({ length: rows }, (_, row) => at(row, 0)).map((box) => box.bottom - box.top);
  const widths = Array.from({ length: columns }, (_, column) => at(0, column)).map((b) => b.right - b.left);
  const [strideY, strideX] = stridesOf(graph.slice(0, step + 1), input)[step];
  return {
    layer: graph[step].name,
    rows,
    columns,
    height: Math.max(...heights),
    width: Math.max(...widths),
    strideY,
    strideX,
    at,
    inside: (row, column) => see(row, column, true),
  };
}

/** The same where it can be told, whatever layers there are. */
export function fieldIfKnown(
  graph: readonly Step[],
  step: number,
  input: InputSpec,
): ReceptiveField | undefined {
  return graph.slice(0, step + 1).every(({ layer }) => isKnown(layer))
    ? fieldOf(graph, step, input)
    : undefined;
}

/** The shape of what each step gives, without the batch axis. */
export function shapesOf(graph: readonly Step[], { height, width, channels }: InputSpec): Shape[] {
  const shapes: Shape[] = [];
  for (const { layer, inputs } of graph)
    shapes.push(
      outputShape(
        layer,
        inputs.map((input) => (input === INPUT ? [height, width, channels] : shapes[input])),
      ),
    );
  return shapes;
}

/** Pixels of the image from one unit of each step to the next, down and across; 0 where all see the same. */
export function stridesOf(graph: readonly Step[], input: InputSpec): [number, number][] {
  const shapes = shapesOf(graph, input);
  const shapeOf = (index: number): Shape =>
    index === INPUT ? [input.height, input.width, input.channels] : shapes[index];
  const strides: [number, number][] = [];
  const before = (index: number): [number, number] => (index === INPUT ? [1, 1] : strides[index]);
  for (const [index, { layer, inputs }] of graph.entries()) {
    const each = inputs.map((input): [number, number] => {
      const reach = reachOf(layer, shapeOf(input), shapes[index]);
      if (reach === "whole") return [0, 0];
      return [reach.rows.stride * before(input)[0], reach.columns.stride * before(input)[1]];
    });
    strides.push([Math.max(...each.map(([y]) => y)), Math.max(...each.map(([, x]) => x))]);
  }
  return strides;
}

interface Shaped {
  graph: readonly Step[];
  shapes: readonly Shape[];
  image: Shape;
}

/** Follows a part of a step's map back to the image; branches are united.
 * @param clipped Whether to leave out padding on the way. */
function trace(network: Shaped, start: number, part: Box, clipped: boolean): Box | undefined {
  const { graph, shapes, image } = network;
  const boxes = new Map<number, Box>([[start, part]]);
  const add = (index: number, box: Box | undefined): void => {
    if (!box || box.top >= box.bottom || box.left >= box.right) return;
    boxes.set(index, union(boxes.get(index), box));
  };
  // Steps come after those they take input from: going back, all users of a step are met before it.
  for (let step = start; step >= 0; step--) {
    const box = boxes.get(step);
    if (!box) continue;
    for (const input of graph[step].inputs) {
      const shape = input === INPUT ? image : shapes[input];
      const [height, width] = shape.length === 3 ? shape : [1, 1];
      const all = { top: 0, left: 0, bottom: height, right: width };
      const reach = reachOf(graph[step].layer, shape, shapes[step]);
      if (reach === "whole") {
        if (clipped) add(input, all);
        else add(INPUT, trace(network, input, all, true));
        continue;
      }
      const [top, bottom] = back(box.top, box.bottom, reach.rows);
      const [left, right] = back(box.left, box.right, reach.columns);
      add(input, clipped ? intersection({ top, left, bottom, right }, all) : { top, left, bottom, right });
    }
  }
  return boxes.get(INPUT);
}

/** From the outputs `from` to before `to` to the inputs they depend on. */
function back(from: number, to: number, { size, stride, before, smooth }: Window): [number, number] {
  // A stride below 1 is one over a whole number; dividing by that is exact.
  const times = (i: number): number => (stride > 0 && stride < 1 ? i / Math.round(1 / stride) : i * stride);
  const last = smooth ? Math.ceil(times(to - 1)) : Math.floor(times(to - 1));
  return [Math.floor(times(from)) - before, last - before + size];
}

function union(a: Box | undefined, b: Box): Box {
  if (!a) return b;
  return {
    top: Math.min(a.top, b.top),
    left: Math.min(a.left, b.left),
    bottom: Math.max(a.bottom, b.bottom),
    right: Math.max(a.right, b.right),
  };
}

function intersection(a: Box, b: Box): Box {
  return {
    top: Math.max(a.top, b.top),
    left: Math.max(a.left, b.left),
    bottom: Math.min(a.bottom, b.bottom),
    right: Math.min(a.right, b.right),
  };
}
