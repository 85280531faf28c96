/** Plants, stones and distant woods: what lies about in a landscape, behind a thing or before it. */
import type { Random } from "../../random";
import { between, hsv, leafColour, mix, scaled, vary } from "./colour";
import { texture } from "./noise";
import { canvasPx, paintBody, paintPolygon, paintRows, type Canvas, type Light } from "./paint";
import { even, makeSkin } from "./skin";

/** A place in the picture and how large things are there, in pixels. */
export interface Spot {
  x: number;
  y: number;
  size: number;
}

/** Hills or woods along the horizon. */
export function treeLine(canvas: Canvas, y0: number, slope: number, chance: Random): void {
  const size = canvasPx;
  const [dark, bright] = [scaled(leafColour(chance), between(0.35, 0.9, chance)), leafColour(chance)];
  const haze = between(0, 0.6, chance);
  const outline = texture(chance, { scale: between(10, 50, chance) });
  const leaves = texture(chance, { scale: between(5, 16, chance) });
  const tall = between(3, 16, chance);
  const rough = between(0.15, 0.5, chance);
  paintRows(canvas, y0 - 3 * tall, size, (x, y, out) => {
    const top = y0 + slope * (x - size / 2) - tall * Math.max(0.2, 1 + 0.7 * outline(x, 0));
    const p = (y * size + x) * 3;
    const cover = Math.max(0, Math.min(1, y - top));
    const share = Math.max(0, Math.min(1, 0.5 + rough * leaves(x, y) * 1.5));
    for (let c = 0; c < 3; c++) {
      const leaf = dark[c] + (bright[c] - dark[c]) * share;
      const seen = leaf + (0.75 - leaf) * haze;
      out[c] = canvas[p + c] + (seen - canvas[p + c]) * cover;
    }
  });
}

/** Blades, bushes and flowers. */
export function plants(canvas: Canvas, spots: Spot[], light: Light, chance: Random): void {
  for (const { x, y, size } of spots) {
    const tone = leafColour(chance);
    const frame = { x, y, scale: size };
    if (chance.uniform() < 0.45) {
      const skin = makeSkin(
        { colours: [tone, scaled(tone, 0.45)], patterns: ["mottled", "spotted"], grain: 0.3 },
        chance,
      );
      const limbs = Array.from({ length: 3 }, () => {
        const [ax, ay] = [x + size * 0.5 * chance.normal(), y - size * 0.6 * chance.uniform()];
        const r = size * between(0.3, 0.6, chance);
        return { ax, ay, ar: r, bx: ax + 1, by: ay, br: r };
      });
      paintBody(canvas, limbs, 1, { skin, frame, light, gloss: 0 });
      continue;
    }
    for (let n = 2 + chance.int(4); n > 0; n--) {
      const angle = -Math.PI / 2 + 0.6 * chance.normal();
      const long = size * between(0.8, 1.8, chance);
      const [tx, ty] = [x + long * Math.cos(angle), y + long * Math.sin(angle)];
      const wide = size * between(0.06, 0.22, chance);
      const [mx, my] = [(x + tx) / 2, (y + ty) / 2];
      const [nx, ny] = [-Math.sin(angle) * wide, Math.cos(angle) * wide];
      const skin = even(vary(tone, 0.2, chance), chance, 0.15);
      const brightness = light.ambient + light.direct * between(0.2, 1, chance);
      paintPolygon(canvas, [x, y, mx + nx, my + ny, tx, ty, mx - nx, my - ny], { skin, frame, brightness });
      if (chance.uniform() < 0.12) {
        const petal = even(hsv(chance.uniform(), between(0.2, 0.9, chance), 0.9), chance);
        const bloom = { ax: tx, ay: ty, ar: size * 0.18, bx: tx + 0.5, by: ty, br: size * 0.18 };
        paintBody(canvas, [bloom], 0.5, { skin: petal, frame, light, gloss: 0 });
      }
    }
  }
}

/** Stones. */
export function rocks(canvas: Canvas, spots: Spot[], light: Light, chance: Random): void {
  for (const { x, y, size } of spots) {
    const grey = between(0.25, 0.65, chance);
    const tone = mix([grey, grey, grey], [0.5, 0.4, 0.3], 0.5 * chance.uniform());
    const skin = makeSkin(
      { colours: [tone, scaled(tone, 0.6)], patterns: ["mottled", "patched"], grain: 0.2 },
      chance,
    );
    const wide = size * between(0.3, 0.8, chance);
    const limb = {
      ax: x - wide,
      ay: y,
      ar: size * 0.4,
      bx: x + wide,
      by: y,
      br: size * between(0.25, 0.5, chance),
    };
    paintBody(canvas, [limb], 1, { skin, frame: { x, y, scale: size }, light, gloss: 0 });
  }
}
