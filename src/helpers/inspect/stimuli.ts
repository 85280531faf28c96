/** The pictures that a census shows to a network: figures of a known kind, at a known angle, in known colours. */
import type { InputSpec } from "../data";
import type { DetectorKind } from "./types";

/** What is seen at a place: 1 on the figure, −1 on its ground. `x` runs to the right and `y` up, in px, from
 * the centre of the picture. */
export type Shape = (x: number, y: number) => number;

/** A shape, turned. */
export interface Figure {
  kind: DetectorKind;
  /** E.g. `"step"`, `"bar 3 px"`, `"wedge 90°"`, `"disc r 6 px"`, `"noise 2 px"`. */
  name: string;
  shape: Shape;
  /** How far the shape is turned to the left, in degrees. At 0 an edge lies, at 90 it stands. */
  angle: number;
}

/** Which colours tell figure and ground apart. */
export type ColourAxis = "luminance" | "red-green" | "blue-yellow";

/** A figure in colour. */
export interface Stimulus {
  figure: Figure;
  colour: ColourAxis;
  /** 1 for a bright, red or blue figure; −1 for a dark, green or yellow one. */
  polarity: 1 | -1;
}

export const COLOUR_AXES: readonly ColourAxis[] = ["luminance", "red-green", "blue-yellow"];

/** What each axis does to red, green and blue. */
const RGB: Record<ColourAxis, readonly number[]> = {
  luminance: [1, 1, 1],
  "red-green": [1, -1, 0],
  "blue-yellow": [-1, -1, 1],
};

/** How far figure and ground are from the middle of the value range, as a share of it: one and a half standard
 * deviations of photographs. All stimuli have it, flats and noise too, so that none wins by contrast. */
const CONTRAST = 0.375;

/** How many angles, evenly around the circle. */
const TURNS = 24;

/** The angles at which a bank shows its figures, in degrees.
 * @param turn Added to each. */
export function bankAngles(turn = 0): number[] {
  return Array.from({ length: TURNS }, (_, i) => (360 / TURNS) * i + turn);
}

/** Every stimulus of a census: 562 figures, each with both polarities on every colour axis.
 *
 * - straight: a step; bars 2, 3 and 5 px wide; square gratings of period 3, 4, 6 and 8 px, in two phases;
 * - corner: wedges of 60, 90 and 120°; two lines of 3 px that meet at a right angle;
 * - curve: the outline of discs of radius 4, 6 and 9 px; half circles of radius 4 and 6 px;
 * - other: noise in grains of 1 and 2 px, 24 draws each (coarser grains hold whole edges); checkers; dots;
 *   flats. Without them any network, a random one too, would look like a detector of edges.
 *
 * The first three come at 24 angles.
 * @param options.channels Of the network's input; with one channel there is brightness alone.
 * @param options.turn Turns all figures (but noise) by as many degrees more. */
export function stimulusBank({
  channels = 3,
  turn = 0,
}: { channels?: number; turn?: number } = {}): Stimulus[] {
  const axes = channels === 1 ? COLOUR_AXES.slice(0, 1) : COLOUR_AXES;
  return bankFigures(turn).flatMap((figure) =>
    axes.flatMap((colour) => ([1, -1] as const).map((polarity) => ({ figure, colour, polarity }))),
  );
}

type Drawn = [name: string, shape: Shape];

function bankFigures(turn: number): Figure[] {
  const turned: Record<"straight" | "corner" | "curve", Drawn[]> = {
    straight: [
      ["step", (_, y) => sign(y < 0)],
      ...[2, 3, 5].map((width): Drawn => [`bar ${width} px`, (_, y) => sign(Math.abs(y) < width / 2)]),
      ...[3, 4, 6, 8].flatMap((period) => [grating(period, 0), grating(period, period / 4)]),
    ],
    corner: [
      ...[60, 90, 120].map((degrees): Drawn => [`wedge ${degrees}°`, wedge(degrees)]),
      ["junction", junction(3)],
    ],
    curve: [
      ...[4, 6, 9].map((radius): Drawn => [`disc r ${radius} px`, disc(radius)]),
      ...[4, 6].map((radius): Drawn => [`arc r ${radius} px`, arc(radius, 2)]),
    ],
  };
  const angles = bankAngles(turn);
  const draws = Array.from({ length: TURNS }, (_, draw) => draw);
  return [
    ...(["straight", "corner", "curve"] as const).flatMap((kind) =>
      turned[kind].flatMap(([name, shape]) => angles.map((angle) => ({ kind, name, shape, angle }))),
    ),
    ...[1, 2].flatMap((grain) => draws.map((draw) => other(`noise ${grain} px`, noise(grain, draw), 0))),
    ...[1, 2, 3].flatMap((side) =>
      [0, 45].map((angle) => other(`checkers ${side} px`, checkers(side), angle + turn)),
    ),
    ...[1, 1.5, 2.5].map((radius) =>
      other(`dot r ${radius} px`, (x, y) => sign(Math.hypot(x, y) < radius), 0),
    ),
    other("flat", () => 1, 0),
  ];
}

function other(name: string, shape: Shape, angle: number): Figure {
  return { kind: "other", name, shape, angle };
}

function sign(onFigure: boolean): number {
  return onFigure ? 1 : -1;
}

function grating(period: number, shift: number): Drawn {
  return [`grating ${period} px`, (_, y) => sign(Math.cos((2 * Math.PI * (y - shift)) / period) >= 0)];
}

/** Its point is in the centre, and it opens to the right. */
function wedge(degrees: number): Shape {
  const half = (degrees * Math.PI) / 360;
  return (x, y) => sign(Math.abs(Math.atan2(y, x)) < half);
}

/** Two lines that meet at a right angle in the centre and open to the right. */
function junction(width: number): Shape {
  return (x, y) => {
    const up = (x + y) / Math.SQRT2;
    const down = (x - y) / Math.SQRT2;
    const half = width / 2;
    return sign((Math.abs(up) < half && down > -half) || (Math.abs(down) < half && up > -half));
  };
}

/** It lies to the right, and its outline goes through the centre. */
function disc(radius: number): Shape {
  return (x, y) => sign(Math.hypot(x - radius, y) < radius);
}

/** Half a circle that opens to the right, its middle in the centre. */
function arc(radius: number, width: number): Shape {
  return (x, y) => sign(Math.abs(Math.hypot(x - radius, y) - radius) < width / 2 && x < radius);
}

function checkers(side: number): Shape {
  return (x, y) => sign((Math.floor(x / side) + Math.floor(y / side)) % 2 === 0);
}

/** Each square grain is figure or ground by chance: by a hash of its place, so that it can be drawn at any size. */
function noise(grain: number, draw: number): Shape {
  return (x, y) => sign(mix(mix(mix(draw + 1) ^ Math.floor(x / grain)) ^ Math.floor(y / grain)) < 0);
}

/** Makes every bit of a 32-bit number depend on every other (the last step of MurmurHash3). */
function mix(bits: number): number {
  let h = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Points a pixel's side has for smooth outlines. */
const SAMPLES = 4;

/** A figure without colour, its outlines smooth.
 * @param input Of which the height and width are taken.
 * @returns `[height, width]`, 1 on the figure and −1 on its ground. */
export function drawFigure(
  { shape, angle }: Figure,
  { height, width }: Pick<InputSpec, "height" | "width">,
): Float32Array {
  const cos = Math.cos((angle * Math.PI) / 180);
  const sin = Math.sin((angle * Math.PI) / 180);
  const drawn = new Float32Array(height * width);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      let sum = 0;
      for (let i = 0; i < SAMPLES; i++)
        for (let j = 0; j < SAMPLES; j++) {
          const x = column + (j + 0.5) / SAMPLES - width / 2;
          const y = height / 2 - row - (i + 0.5) / SAMPLES;
          sum += shape(x * cos + y * sin, y * cos - x * sin);
        }
      drawn[row * width + column] = sum / SAMPLES ** 2;
    }
  return drawn;
}

/** Gives a drawn figure its colours.
 * @param drawn From {@link drawFigure}.
 * @returns `[height, width, channels]`, in the input's range, around its middle. */
export function colourFigure(
  drawn: Float32Array,
  { colour, polarity }: Pick<Stimulus, "colour" | "polarity">,
  { channels, range: [low, high] }: Pick<InputSpec, "channels" | "range">,
): Float32Array {
  const pixels = new Float32Array(drawn.length * channels);
  for (let c = 0; c < channels; c++) {
    const gain = (high - low) * CONTRAST * polarity * RGB[colour][c];
    for (let i = 0; i < drawn.length; i++) pixels[i * channels + c] = (low + high) / 2 + gain * drawn[i];
  }
  return pixels;
}

/** A stimulus as a picture, ready to be shown to a network or drawn.
 * @throws RangeError unless the input has 1 or 3 channels.
 * @example
 * const cross = { kind: "other", name: "cross", angle: 20, shape: (x, y) => (Math.min(Math.abs(x), Math.abs(y)) < 1 ? 1 : -1) };
 * const picture = drawStimulus({ figure: cross, colour: "luminance", polarity: 1 }, inputSpecOf(source)); */
export function drawStimulus(stimulus: Stimulus, input: InputSpec): Float32Array {
  checkChannels(input.channels, "draw a stimulus");
  return colourFigure(drawFigure(stimulus.figure, input), stimulus, input);
}

export function checkChannels(channels: number, action: string): void {
  if (channels !== 1 && channels !== 3)
    throw new RangeError(`Cannot ${action}: images have 1 or 3 channels. Received: ${channels}.`);
}

/** In words: `"wedge 90°, turned by 45°, dark on light"`. */
export function describeStimulus({ figure: { name, angle }, colour, polarity }: Stimulus): string {
  const colours = {
    luminance: ["light on dark", "dark on light"],
    "red-green": ["red on green", "green on red"],
    "blue-yellow": ["blue on yellow", "yellow on blue"],
  }[colour][polarity === 1 ? 0 : 1];
  return `${name}${angle ? `, turned by ${angle}°` : ""}, ${colours}`;
}
