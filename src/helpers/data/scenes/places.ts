/** Backgrounds: where things are photographed. Each paints the whole canvas. */
import type { Random } from "../../random";
import {
  anyColour,
  between,
  furColour,
  hsv,
  leafColour,
  mix,
  oneOf,
  scaled,
  vary,
  type Colour,
} from "./colour";
import { texture } from "./noise";
import { canvasPx, paintPolygon, paintRows, type Canvas, type Light } from "./paint";
import { even, makeSkin, type Skin } from "./skin";
import { plants, rocks, treeLine, type Spot } from "./clutter";

export type PlaceName = "sky" | "field" | "sea" | "street" | "room" | "leaves" | "depths" | "backdrop";

type Place = (canvas: Canvas, light: Light, chance: Random) => void;

/** The horizon's height, and how it slopes, in pixels. */
function horizon(chance: Random): { y: number; slope: number } {
  return { y: canvasPx * between(0.15, 0.65, chance), slope: 0.06 * chance.normal() };
}

const size = canvasPx;
const flat = { x: 0, y: 0, scale: size / 2 };

export const places: Record<PlaceName, Place> = {
  sky(canvas, _light, chance) {
    paintSky(canvas, chance);
    if (chance.uniform() < 0.3) treeLine(canvas, size * between(0.8, 1, chance), 0, chance);
  },
  field(canvas, light, chance) {
    const { y, slope } = horizon(chance);
    paintSky(canvas, chance);
    if (chance.uniform() < 0.75) treeLine(canvas, y, slope, chance);
    const ground = oneOf<(c: Random) => Colour>(
      [leafColour, leafColour, soilColour, snowColour],
      chance,
    )(chance);
    paintGround(canvas, y, slope, ground, between(0.12, 0.3, chance), between(1, 4, chance), chance);
    if (chance.uniform() < 0.5) plants(canvas, spotsBelow(y, chance), light, chance);
    if (chance.uniform() < 0.25) rocks(canvas, spotsBelow(y, chance), light, chance);
    if (chance.uniform() < 0.2) fence(canvas, y, light, chance);
  },
  sea(canvas, _light, chance) {
    const { y, slope } = horizon(chance);
    paintSky(canvas, chance);
    if (chance.uniform() < 0.4) treeLine(canvas, y, slope * 0.3, chance);
    const water = hsv(between(0.42, 0.65, chance), between(0.05, 0.6, chance), between(0.2, 0.75, chance));
    paintGround(canvas, y, slope * 0.3, water, between(0.08, 0.25, chance), between(3, 8, chance), chance);
    if (chance.uniform() < 0.3)
      paintGround(canvas, size * between(0.7, 0.9, chance), slope, soilColour(chance), 0.15, 2, chance);
  },
  street(canvas, light, chance) {
    const { y, slope } = horizon(chance);
    paintSky(canvas, chance);
    if (chance.uniform() < 0.8) houses(canvas, y, chance);
    if (chance.uniform() < 0.5) treeLine(canvas, y + 2, slope, chance);
    const grey = between(0.2, 0.7, chance);
    paintGround(
      canvas,
      y,
      slope,
      vary([grey, grey, grey * 0.97], 0.1, chance),
      between(0.06, 0.16, chance),
      3,
      chance,
    );
    if (chance.uniform() < 0.5) roadLines(canvas, y, light, chance);
    if (chance.uniform() < 0.25) plants(canvas, spotsBelow(y, chance), light, chance);
  },
  room(canvas, light, chance) {
    const { uniform } = chance;
    wall(canvas, chance);
    const edge = size * between(0.35, 0.9, chance);
    const floor = makeSkin(
      {
        colours: [furnishing(chance), furnishing(chance)],
        patterns: ["plain", "mottled", "striped", "checked", "shaded"],
        grain: between(0.04, 0.2, chance),
        stretch: between(1, 6, chance),
      },
      chance,
    );
    const tilt = 5 * chance.normal();
    if (uniform() < 0.6) furniture(canvas, edge, light, chance);
    const corners = [-2, edge - tilt, size + 2, edge + tilt, size + 2, size + 2, -2, size + 2];
    paintPolygon(canvas, corners, { skin: floor, frame: flat, brightness: between(0.75, 1.15, chance) });
    if (uniform() < 0.3) furniture(canvas, size * 1.1, light, chance);
  },
  leaves(canvas, light, chance) {
    const [dark, bright] = [scaled(leafColour(chance), 0.5), leafColour(chance)];
    paintField(canvas, dark, bright, between(12, 40, chance), between(0.3, 1.2, chance), chance);
    const spots = Array.from({ length: 2 + chance.int(9) }, () => anywhere(chance));
    plants(canvas, spots, light, chance);
    if (chance.uniform() < 0.5) branch(canvas, light, chance);
  },
  depths(canvas, light, chance) {
    const tone = hsv(between(0.4, 0.68, chance), between(0.1, 0.7, chance), between(0.15, 0.85, chance));
    const deep = scaled(vary(tone, 0.15, chance), between(0.3, 0.9, chance));
    const ripples = texture(chance, {
      scale: between(15, 60, chance),
      stretch: between(1, 3, chance),
      angle: 3 * chance.uniform(),
    });
    const strength = between(0.03, 0.2, chance);
    paintRows(canvas, 0, size, (x, y, out) => {
      const light = 1 + strength * ripples(x, y);
      for (let c = 0; c < 3; c++) out[c] = (tone[c] + ((deep[c] - tone[c]) * y) / size) * light;
    });
    if (chance.uniform() < 0.5)
      paintGround(
        canvas,
        size * between(0.65, 0.95, chance),
        0.1 * chance.normal(),
        mix(soilColour(chance), tone, 0.4),
        0.25,
        1.5,
        chance,
      );
    if (chance.uniform() < 0.4) rocks(canvas, spotsBelow(size * 0.6, chance), light, chance);
    if (chance.uniform() < 0.4) plants(canvas, spotsBelow(size * 0.6, chance), light, chance);
  },
  backdrop(canvas, _light, chance) {
    const plain = chance.uniform() < 0.45 ? between(0.8, 1, chance) : 0;
    const [a, b] = plain
      ? [scaled([1, 1, 1], plain), scaled([0.95, 0.96, 0.98], plain)]
      : [anyColour(chance), anyColour(chance)];
    paintField(
      canvas,
      a,
      mix(a, b, plain ? 1 : between(0.1, 0.6, chance)),
      between(30, 90, chance),
      0.5,
      chance,
    );
  },
};

function soilColour({ uniform }: Random): Colour {
  return hsv(0.06 + 0.07 * uniform(), 0.1 + 0.4 * uniform(), 0.35 + 0.5 * uniform());
}

function snowColour({ uniform }: Random): Colour {
  return hsv(0.6, 0.1 * uniform(), 0.75 + 0.2 * uniform());
}

function furnishing(chance: Random): Colour {
  return mix(
    chance.uniform() < 0.5 ? soilColour(chance) : anyColour(chance),
    furColour(chance),
    between(0.2, 0.8, chance),
  );
}

/** A spot on the ground between a row and the picture's lower edge. */
function spotsBelow(y: number, chance: Random): Spot[] {
  return Array.from({ length: 1 + chance.int(5) }, () => {
    const at = between(y, size, chance);
    return { x: size * chance.uniform(), y: at, size: 3 + ((at - y) / size) * between(6, 26, chance) };
  });
}

function anywhere(chance: Random): Spot {
  return { x: size * chance.uniform(), y: size * between(0.1, 1.2, chance), size: between(4, 18, chance) };
}

/** Light at the horizon, darker above, with or without clouds. */
function paintSky(canvas: Canvas, chance: Random): void {
  const { uniform } = chance;
  const zenith =
    uniform() < 0.65
      ? hsv(between(0.54, 0.64, chance), between(0.1, 0.75, chance), between(0.45, 0.95, chance))
      : hsv(0.05 + 0.55 * uniform(), 0.2 * uniform(), between(0.45, 0.95, chance));
  const low = mix(
    zenith,
    oneOf<Colour>(
      [
        [0.95, 0.96, 0.98],
        [0.9, 0.85, 0.75],
        [0.95, 0.75, 0.55],
      ],
      chance,
    ),
    between(0.2, 0.9, chance),
  );
  const clouds = texture(chance, { scale: between(20, 60, chance), stretch: between(1, 3.5, chance) });
  const cover = between(-2.5, 1.2, chance);
  const white = between(0.75, 1, chance);
  paintRows(canvas, 0, size, (x, y, out) => {
    const depth = y / size;
    const cloud = Math.max(0, Math.min(0.9, 0.5 * (clouds(x, y) + cover)));
    for (let c = 0; c < 3; c++) {
      const clear = zenith[c] + (low[c] - zenith[c]) * depth;
      out[c] = clear + (white - clear) * cloud;
    }
  });
}

/** Ground that runs away from the viewer: its texture is finer and paler the farther it is.
 * @param rough Strength of the texture. @param stretch How flat its features lie. */
function paintGround(
  canvas: Canvas,
  y0: number,
  slope: number,
  tone: Colour,
  rough: number,
  stretch: number,
  chance: Random,
): void {
  const coarse = texture(chance, { scale: between(8, 25, chance), stretch });
  const fine = texture(chance, { scale: between(4, 12, chance), stretch: Math.max(1, stretch * 0.6) });
  const haze = scaled([0.75, 0.78, 0.82], between(0.7, 1.1, chance));
  const other = vary(tone, 0.25, chance);
  const top = y0 - Math.abs(slope) * size * 0.5;
  paintRows(canvas, top, size, (x, y, out) => {
    const depth = y - y0 - slope * (x - size / 2);
    const p = (y * size + x) * 3;
    if (depth < 0) {
      for (let c = 0; c < 3; c++) out[c] = canvas[p + c];
      return;
    }
    const zoom = 12 / (depth + 8);
    const u = (x - size / 2) * zoom;
    const v = depth * zoom * 2;
    const light = 1 + rough * (coarse(u, v) + 0.6 * fine(u, v));
    const share = Math.max(0, Math.min(1, 0.5 + 0.4 * coarse(v + 50, u)));
    const far = Math.min(0.5, 3 / (depth + 5));
    for (let c = 0; c < 3; c++) {
      const near = (tone[c] + (other[c] - tone[c]) * share) * light;
      out[c] = near + (haze[c] - near) * far;
    }
  });
}

/** Two colours, mixed by natural noise. */
function paintField(
  canvas: Canvas,
  a: Colour,
  b: Colour,
  scale: number,
  contrast: number,
  chance: Random,
): void {
  const field = texture(chance, { scale, stretch: between(1, 2, chance), angle: 3 * chance.uniform() });
  const tilt = [0.4 * chance.normal(), 0.4 * chance.normal()];
  paintRows(canvas, 0, size, (x, y, out) => {
    const slope = tilt[0] * (x / size - 0.5) + tilt[1] * (y / size - 0.5);
    const share = Math.max(0, Math.min(1.3, 0.5 + 0.5 * contrast * field(x, y) + slope));
    for (let c = 0; c < 3; c++) out[c] = a[c] + (b[c] - a[c]) * share;
  });
}

function rectangle(x: number, y: number, width: number, height: number): number[] {
  return [x, y, x + width, y, x + width, y + height, x, y + height];
}

/** House fronts with rows of windows. */
function houses(canvas: Canvas, base: number, chance: Random): void {
  for (let x = -8 * chance.uniform(); x < size;) {
    const [width, tall] = [between(8, 40, chance), between(8, 60, chance)];
    const front = even(furnishing(chance), chance, 0.1);
    const pane = even(chance.uniform() < 0.7 ? [0.15, 0.17, 0.2] : [0.85, 0.8, 0.6], chance);
    const brightness = between(0.6, 1.1, chance);
    paintPolygon(canvas, rectangle(x, base - tall, width, tall + 4), {
      skin: front,
      frame: flat,
      brightness,
    });
    const [stepX, stepY] = [between(4, 9, chance), between(5, 10, chance)];
    for (let v = base - tall + 3; v < base - 4; v += stepY)
      for (let u = x + 2; u < x + width - 3; u += stepX)
        paintPolygon(canvas, rectangle(u, v, stepX * 0.5, stepY * 0.5), {
          skin: pane,
          frame: flat,
          brightness,
        });
    x += width + between(-2, 8, chance);
  }
}

function roadLines(canvas: Canvas, y: number, light: Light, chance: Random): void {
  const skin = even([0.9, 0.9, 0.85], chance);
  const [far, near] = [size * between(0.2, 0.8, chance), size * between(-0.5, 1.5, chance)];
  const wide = between(1, 3.5, chance);
  const brightness = light.ambient + light.direct * 0.7;
  paintPolygon(canvas, [far, y + 1, far + 0.5, y + 1, near + wide, size, near - wide, size], {
    skin,
    frame: flat,
    brightness,
  });
}

function fence(canvas: Canvas, y: number, light: Light, chance: Random): void {
  const skin = even(furnishing(chance), chance, 0.15);
  const [tall, gap, brightness] = [
    between(6, 14, chance),
    between(6, 16, chance),
    light.ambient + 0.5 * light.direct,
  ];
  for (let x = gap * chance.uniform(); x < size; x += gap)
    paintPolygon(canvas, rectangle(x, y - tall * 0.5, 1.5, tall), { skin, frame: flat, brightness });
  for (const rail of [0.2, 0.6])
    paintPolygon(canvas, rectangle(0, y + tall * (rail - 0.5), size, 1.3), { skin, frame: flat, brightness });
}

function wall(canvas: Canvas, chance: Random): void {
  const skin = makeSkin(
    {
      colours: [furnishing(chance), furnishing(chance)],
      patterns: ["plain", "plain", "shaded", "striped", "mottled", "checked", "spotted"],
      grain: between(0.02, 0.15, chance),
    },
    chance,
  );
  const lamp = [size * chance.uniform(), size * chance.uniform() * 0.5];
  const fall = between(0, 0.6, chance);
  paintRows(canvas, 0, size, (x, y, out) => {
    skin(x / flat.scale, y / flat.scale, out);
    const dx = (x - lamp[0]) / size;
    const dy = (y - lamp[1]) / size;
    const light = 1.1 - fall * Math.sqrt(dx * dx + dy * dy);
    for (let c = 0; c < 3; c++) out[c] *= light;
  });
}

/** Cupboards, cushions, pictures, doors: boxes of all kinds that stand at a row. */
function furniture(canvas: Canvas, base: number, light: Light, chance: Random): void {
  for (let n = 1 + chance.int(4); n > 0; n--) {
    const skin: Skin = makeSkin(
      {
        colours: [furnishing(chance), furnishing(chance)],
        patterns: ["plain", "mottled", "striped", "spotted", "checked", "shaded"],
        grain: 0.12,
        stretch: between(1, 5, chance),
      },
      chance,
    );
    const [width, tall] = [between(5, 35, chance), between(6, 45, chance)];
    const x = between(-8, size - 4, chance);
    const lift = chance.uniform() < 0.35 ? between(8, 30, chance) : 0; // hangs on the wall
    const lean = 2 * chance.normal();
    const top = base - tall - lift;
    const brightness = light.ambient + light.direct * between(0.2, 1, chance);
    const corners = [
      x + lean,
      top,
      x + width + lean,
      top + lean,
      x + width,
      base - lift + 2,
      x,
      base - lift + 2,
    ];
    paintPolygon(canvas, corners, { skin, frame: { x, y: top, scale: 20 }, brightness });
    const edge = scaled(furnishing(chance), 0.5);
    if (chance.uniform() < 0.5)
      paintPolygon(canvas, rectangle(x + width * 0.45, top + 2, 1.2, tall - 2), {
        skin: even(edge, chance),
        frame: flat,
        brightness,
      });
  }
}

function branch(canvas: Canvas, light: Light, chance: Random): void {
  const skin = even(scaled(furColour(chance), 0.7), chance, 0.25);
  const [left, right] = [size * between(0.3, 1, chance), size * between(0.3, 1, chance)];
  const [thin, thick] = [between(0.8, 3, chance), between(1.5, 5, chance)];
  const corners = [-2, left - thick, size + 2, right - thin, size + 2, right + thin, -2, left + thick];
  paintPolygon(canvas, corners, { skin, frame: flat, brightness: light.ambient + 0.6 * light.direct });
}
