import type { Random } from "../../../random";
import { between, furColour, hsv } from "../colour";
import { even, plumage, type Skin } from "../skin";
import { chain, joined, panel, put, type Ball, type Piece, type Point } from "../solid";
import type { Thing } from "../stage";
import { closeView, freeView, groundView } from "./views";

/** A bird: sitting, flying, or its head. */
export function bird(chance: Random): Thing {
  const { uniform } = chance;
  const look = {
    coat: plumage(chance),
    wing: plumage(chance),
    bill: even(hsv(0.05 + 0.1 * uniform(), uniform(), between(0.15, 0.9, chance)), chance),
  };
  const flies = uniform() < 0.35;
  const upright = flies ? between(-0.1, 0.2, chance) : between(0, 1.1, chance);
  const slim = between(0.2, 0.36, chance);
  const neckLength = uniform() < 0.3 ? between(0.4, 0.9, chance) : 0;
  const [cos, sin] = [Math.cos(upright), Math.sin(upright)];
  const neck: Point = [0.45 * cos + 0.3 * neckLength, 0.45 * sin + 0.15 + neckLength, 0];
  const skull = slim * between(0.55, 0.75, chance);
  const body: Ball[] = [
    [-0.55 * cos, -0.5 * sin, 0, slim * 0.45],
    [0, 0, 0, slim],
    [0.3 * cos, 0.3 * sin, 0, slim * 0.85],
  ];
  const pieces: Piece[] = [
    joined(look.coat, [body, [body[2], [...neck, skull * (neckLength ? 0.7 : 0.9)]]], { join: 0.15 }),
    ...put(headOf(look, chance), neck, { yaw: between(-0.7, 0.7, chance), size: skull }),
    tailOf(look.wing, body[0], upright, chance),
    ...(flies ? spreadWings(look.wing, chance) : foldedWings(look.wing, slim, cos, sin)),
  ];
  if (flies) return { pieces, view: freeView(chance), grounded: false };
  if (uniform() < 0.25)
    return { pieces, view: { ...closeView(chance), yaw: 3 * chance.normal() }, grounded: false };
  pieces.push(...legs(look.bill, slim, between(0.15, neckLength ? 0.9 : 0.4, chance), chance));
  return { pieces, view: groundView(chance), grounded: true };
}

function headOf({ coat, bill }: { coat: Skin; bill: Skin }, chance: Random): Piece[] {
  const length = between(0.6, 2, chance);
  const drop = between(-0.1, 0.5, chance);
  const eyes = [-1, 1].map((side) =>
    chain(even([0.05, 0.05, 0.05], chance), [[0.5, 0.25, side * 0.75, 0.2]], { gloss: 1 }),
  );
  const beak = chain(
    bill,
    [
      [0.6, -0.05, 0, between(0.25, 0.45, chance)],
      [1 + length, -drop, 0, 0.08],
    ],
    { gloss: 0.3 },
  );
  return [chain(coat, [[0, 0, 0, 1]]), beak, ...eyes];
}

function tailOf(skin: Skin, rump: Ball, upright: number, chance: Random): Piece {
  const length = between(0.3, 0.8, chance);
  const angle = upright + between(-0.3, 0.5, chance);
  const [x, y] = [rump[0] - length * Math.cos(angle), rump[1] - length * Math.sin(angle)];
  const wide = between(0.06, 0.25, chance);
  const corners: Point[] = [
    [rump[0], rump[1] + 0.08, 0.04],
    [x, y, wide],
    [x, y - 0.05, -wide],
    [rump[0], rump[1] - 0.08, -0.04],
  ];
  return panel(skin, corners, { nearer: -0.05 });
}

function foldedWings(skin: Skin, slim: number, cos: number, sin: number): Piece[] {
  return [-1, 1].map((side) =>
    chain(skin, [
      [0.2 * cos, 0.2 * sin + 0.05, side * slim * 0.75, slim * 0.55],
      [-0.2 * cos, -0.2 * sin + 0.02, side * slim * 0.8, slim * 0.45],
      [-0.75 * cos, -0.7 * sin, side * slim * 0.3, slim * 0.12],
    ]),
  );
}

function spreadWings(skin: Skin, chance: Random): Piece[] {
  const [span, lift, chord] = [
    between(0.9, 1.7, chance),
    between(-0.6, 1, chance),
    between(0.25, 0.45, chance),
  ];
  const sweep = between(-0.1, 0.5, chance);
  const tips = even(furColour(chance), chance);
  return [-1, 1].flatMap((side): Piece[] => {
    const elbow: Point = [0.2, 0.15 + 0.4 * span * lift, side * 0.45 * span];
    const inner: Point[] = [
      [0.25, 0.12, side * 0.12],
      elbow,
      [elbow[0] - chord, elbow[1], elbow[2]],
      [-0.3, 0.1, side * 0.12],
    ];
    const tip: Point = [0.2 - sweep, 0.15 + 0.5 * span * lift, side * span];
    const outer: Point[] = [
      elbow,
      tip,
      [tip[0] - 0.12, tip[1], tip[2]],
      [elbow[0] - chord, elbow[1], elbow[2]],
    ];
    return [panel(skin, inner), panel(chance.uniform() < 0.4 ? tips : skin, outer)];
  });
}

function legs(skin: Skin, slim: number, length: number, chance: Random): Piece[] {
  const step = between(-0.1, 0.2, chance);
  return [-1, 1].map((side) =>
    chain(skin, [
      [0, -slim * 0.8, side * 0.12, 0.045],
      [side * step, -slim - length, side * 0.12, 0.035],
      [side * step + 0.15, -slim - length, side * 0.12, 0.03],
    ]),
  );
}
