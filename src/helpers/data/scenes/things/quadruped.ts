/** Animals on four legs: one skeleton, from which cats, dogs and horses take their proportions. */
import type { Random } from "../../../random";
import { between, furColour, oneOf, type Colour } from "../colour";
import { even, fur, type Skin } from "../skin";
import { chain, joined, panel, put, type Ball, type Piece } from "../solid";

/** Proportions; lengths are in units of about half a body. */
export interface Build {
  length: number;
  legs: number;
  girth: number;
  legRadius: number;
  /** From the shoulders to the head: forward and up. */
  neck: [number, number];
  neckRadius: number;
  head: number; // radius of the skull
  muzzle: { length: number; radius: number; drop: number };
  ears: "pricked" | "hanging";
  earSize: number;
  eyes: { radius: number; colour: Colour; slit: boolean };
  nose: { radius: number; colour: Colour };
  whiskers: boolean;
  mane: boolean;
  tail: Ball[]; // from where it leaves the body
  coat: Skin;
  /** Of the muzzle and chest. */
  pale: Skin;
}

export type Pose = "standing" | "sitting" | "lying";

/** The whole animal. */
export function quadruped(build: Build, pose: Pose, chance: Random): Piece[] {
  const { length, girth, neckRadius, coat } = build;
  const legs = pose === "lying" ? build.legs * 0.15 : build.legs;
  const rise = pose === "sitting" ? -0.75 * legs : 0;
  const half = length / 2;
  const hip: Ball = [pose === "sitting" ? -half * 0.6 : -half, legs + girth + rise, 0, girth * 0.95];
  const chest: Ball = [half * (pose === "sitting" ? 0.6 : 1), legs + girth * 1.05, 0, girth];
  const belly: Ball = [0, (hip[1] + chest[1]) / 2 - 0.12 * girth, 0, girth * between(0.85, 1.05, chance)];
  const turn = between(-0.9, 0.9, chance);
  const nod = between(-0.35, 0.15, chance);
  const dip = pose === "standing" && chance.uniform() < 0.15 ? -1.3 : 1; // grazing or sniffing
  const skull: Ball = [chest[0] + build.neck[0] * 1.1, chest[1] + build.neck[1] * dip, 0, build.head];
  const trunk = [hip, belly, chest];
  const neck: Ball[] = [chest, [skull[0], skull[1], 0, neckRadius]];
  const pieces: Piece[] = [joined(coat, [trunk, neck], { join: 0.25 * girth })];
  pieces.push(...legPieces(build, hip, chest, pose, chance));
  pieces.push(tailOf(build, hip));
  if (build.mane) pieces.push(maneOf(build, chest, skull, chance));
  pieces.push(...put(headOf(build), [skull[0], skull[1], 0], { yaw: turn, pitch: nod, size: build.head }));
  return pieces;
}

/** The head and a piece of the neck, for a portrait. */
export function portrait(build: Build, chance: Random): Piece[] {
  const { head, neckRadius, girth, coat, pale } = build;
  const wide = Math.min(girth * 1.1, head * 1.3);
  const shoulders: Ball = [-0.4, -head * 1.4 - wide * 0.8, 0, wide];
  const neck = joined(chance.uniform() < 0.4 ? pale : coat, [
    [[-0.1, -0.2 * head, 0, neckRadius], shoulders],
  ]);
  const [yaw, pitch] = [between(-0.4, 0.4, chance), between(-0.3, 0.15, chance)];
  return [{ ...neck, nearer: -1 }, ...put(headOf(build), [0, 0, 0], { yaw, pitch, size: head })];
}

function legPieces(build: Build, hip: Ball, chest: Ball, pose: Pose, chance: Random): Piece[] {
  const { girth, legRadius: r, coat, legs } = build;
  const stride = chance.uniform() < 0.35 ? 0.1 : between(0.2, 0.6, chance);
  const phase = 6.3 * chance.uniform();
  const pieces: Piece[] = [];
  for (const side of [-1, 1]) {
    const z = side * girth * 0.62;
    for (const top of [hip, chest]) {
      const isFront = top === chest;
      const swing = stride * legs * Math.sin(phase + (isFront ? 0 : 2.2) + (side > 0 ? 3.14 : 0));
      const joint: Ball = [top[0] + 0.3 * swing + (isFront ? 0.05 : -0.12) * legs, legs * 0.5, z, r * 1.05];
      const thigh: Ball = [top[0], top[1] - 0.35 * girth, z, isFront ? r * 1.7 : r * 2.3];
      const foot: Ball = [top[0] + swing, r * 0.9, z, r * 0.85];
      const toe: Ball = [foot[0] + r * 1.2, r * 0.7, z, r * 0.75];
      if (pose === "lying") {
        const reach = isFront ? between(0.5, 0.9, chance) : 0.35;
        pieces.push(chain(coat, [thigh, [top[0] + reach, r, z * 1.3, r]]));
      } else if (pose === "sitting" && !isFront)
        pieces.push(
          chain(coat, [
            [top[0] + 0.1, girth * 0.7, z * 1.2, girth * 0.62],
            [top[0] + girth, r, z * 1.4, r],
          ]),
        );
      else pieces.push(chain(coat, [thigh, joint, foot, toe], { join: r }));
    }
  }
  return pieces;
}

function tailOf({ tail, coat }: Build, hip: Ball): Piece {
  const [x, y] = [hip[0] - hip[3] * 0.7, hip[1] + hip[3] * 0.4];
  return chain(
    coat,
    tail.map(([tx, ty, tz, r]): Ball => [x + tx, Math.max(r, y + ty), tz, r]),
    { nearer: -0.1 },
  );
}

function maneOf(build: Build, chest: Ball, skull: Ball, chance: Random): Piece {
  const hair = chance.uniform() < 0.5 ? build.coat : even(furColour(chance), chance, 0.2);
  const r = build.neckRadius * 0.5;
  const top: Ball = [skull[0] - 0.15, skull[1] + build.head * 0.8, 0, r * 0.8];
  return chain(hair, [[chest[0] - 0.15, chest[1] + build.girth * 0.9, 0, r], top], { nearer: 0.12 });
}

/** In units of the skull's radius, looking along x. */
function headOf(build: Build): Piece[] {
  const { muzzle, eyes, nose, coat, pale, earSize } = build;
  const dark = fixed([0.06, 0.05, 0.05]);
  const tip: Ball = [0.55 + muzzle.length, -0.25 - muzzle.drop, 0, muzzle.radius];
  const skull: Ball[] = [
    [0, 0, 0, 1],
    [-0.1, 0.1, 0, 0.95],
  ];
  const pieces: Piece[] = [
    joined(coat, [skull, [[0.2, -0.15, 0, 0.8], tip]], { join: 0.25 }),
    chain(pale, [[tip[0] - 0.25, tip[1] - 0.1, 0, muzzle.radius * 0.9], tip], { nearer: 0.05 }),
    chain(
      fixed(nose.colour),
      [[tip[0] + muzzle.radius * 0.75, tip[1] + muzzle.radius * 0.45, 0, nose.radius]],
      {
        gloss: 1,
        nearer: 0.3,
      },
    ),
  ];
  for (const side of [-1, 1]) {
    const eye: Ball = [0.72, 0.22, side * 0.48, eyes.radius];
    pieces.push(chain(fixed(eyes.colour), [eye], { gloss: 0.4, nearer: 0.12 }));
    const pupil: Ball[] = eyes.slit
      ? [
          [0.85, 0.1, side * 0.52, eyes.radius * 0.35],
          [0.85, 0.34, side * 0.52, eyes.radius * 0.35],
        ]
      : [[0.8, 0.22, side * 0.5, eyes.radius * 0.6]];
    pieces.push(chain(dark, pupil, { gloss: 0.5, nearer: 0.22 }));
    pieces.push(...earOf(build.ears, side, earSize, coat));
    if (build.whiskers)
      for (const lift of [-0.35, 0, 0.3])
        pieces.push(
          chain(fixed([0.9, 0.9, 0.88]), [
            [tip[0], tip[1], side * 0.3, 0.035],
            [tip[0] - 0.2, tip[1] + lift, side * 1.6, 0.02],
          ]),
        );
  }
  return pieces;
}

function earOf(kind: Build["ears"], side: number, size: number, coat: Skin): Piece[] {
  if (kind === "hanging")
    return [
      chain(coat, [
        [-0.1, 0.65, side * 0.75, 0.25 * size],
        [0, 0.1, side * 1.1, 0.36 * size],
        [0.1, 0.1 - 0.75 * size, side * 1.15, 0.26 * size],
      ]),
    ];
  const tipY = 0.75 + 0.95 * size;
  const pink = fixed([0.55, 0.35, 0.32]);
  return [
    chain(coat, [
      [-0.1, 0.55, side * 0.55, 0.42 * size],
      [-0.15, tipY, side * (0.55 + 0.2 * size), 0.05],
    ]),
    panel(pink, [
      [0.3, 0.75, side * 0.4],
      [0.3, 0.7, side * 0.8],
      [0.1, tipY - 0.25 * size, side * (0.55 + 0.15 * size)],
    ]),
  ];
}

/** One colour, exactly even. */
function fixed(colour: Colour): Skin {
  return (_x, _y, out) => out.set(colour);
}

/** Coats and muzzle of one animal. */
export function coatOf(chance: Random): { coat: Skin; pale: Skin } {
  const coat = fur(chance);
  return {
    coat,
    pale: chance.uniform() < 0.5 ? coat : even(oneOf([furColour(chance), [0.9, 0.87, 0.82]], chance), chance),
  };
}
