/** Puts a thing before the camera: turns it, fits it into the picture, paints it from back to front. */
import type { Random } from "../../random";
import {
  canvasPx,
  paintBody,
  paintPolygon,
  paintShadow,
  type Canvas,
  type Frame,
  type Light,
  type Limb,
} from "./paint";
import type { Panel, Piece, Point } from "./solid";

/** Where a thing is seen from. */
export interface View {
  /** 0 is its right side, −π/2 its front, radians. */
  yaw: number;
  /** How far above it the camera is, radians. */
  pitch: number;
  /** Rotation in the picture, radians. */
  roll: number;
  /** The longer side of the thing in the picture, as a share of the picture. */
  size: number;
  /** Its middle, as a share of the picture. */
  x: number;
  y: number;
}

/** A thing to be photographed. */
export interface Thing {
  pieces: Piece[];
  view: View;
  /** Stands on the ground, so that it throws a shadow there. */
  grounded: boolean;
}

interface Seen {
  x: number;
  y: number;
  /** To the viewer. */
  z: number;
  /** How much nearer things look larger. */
  zoom: number;
}

type Project = (p: readonly number[]) => Seen;

/** Paints the thing onto the canvas. */
export function paintThing(
  canvas: Canvas,
  { pieces, view, grounded }: Thing,
  light: Light,
  chance: Random,
): void {
  const look = camera(view);
  const bounds = boundsOf(pieces, look);
  const scale = (view.size * canvasPx) / Math.max(bounds.right - bounds.left, bounds.bottom - bounds.top);
  const frame: Frame = {
    x: view.x * canvasPx - (scale * (bounds.left + bounds.right)) / 2,
    y: view.y * canvasPx - (scale * (bounds.top + bounds.bottom)) / 2,
    scale,
  };
  if (grounded) {
    const half = (scale * (bounds.right - bounds.left)) / 2;
    const bottom = frame.y + scale * bounds.bottom - 0.06 * half;
    const aside = -light.x * half * 0.4;
    const flat = 0.12 + 0.4 * Math.abs(view.pitch);
    paintShadow(
      canvas,
      view.x * canvasPx + aside,
      bottom,
      half * 0.95,
      half * flat,
      0.25 + 0.4 * chance.uniform(),
    );
  }
  const depth = (piece: Piece): number => {
    const points: readonly (readonly number[])[] = piece.kind === "body" ? piece.limbs.flat() : piece.corners;
    return points.reduce((sum, p) => sum + look(p).z, 0) / points.length + piece.nearer;
  };
  const order = pieces.map((piece) => ({ piece, depth: depth(piece) })).sort((a, b) => a.depth - b.depth);
  for (const { piece } of order) {
    if (piece.kind === "panel") paintPanel(canvas, piece, look, frame, light);
    else {
      const limbs = piece.limbs.map(([a, b]): Limb => {
        const [p, q] = [onCanvas(look(a), frame), onCanvas(look(b), frame)];
        const [ar, br] = [a[3] * p.zoom * scale, b[3] * q.zoom * scale];
        return { ax: p.x, ay: p.y, ar: Math.max(0.3, ar), bx: q.x, by: q.y, br: Math.max(0.3, br) };
      });
      paintBody(canvas, limbs, Math.max(0.2, piece.join * scale), {
        skin: piece.skin,
        frame,
        light,
        gloss: piece.gloss,
      });
    }
  }
}

/** From a thing's own coordinates to what is seen: x right, y down, z to the viewer. */
function camera({ yaw, pitch, roll }: View): Project {
  const [cy, sy, cp, sp] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)];
  const [cr, sr] = [Math.cos(roll), Math.sin(roll)];
  return ([x, y, z]) => {
    const [right, back] = [cy * x + sy * z, cy * z - sy * x];
    const [up, near] = [cp * y - sp * back, sp * y + cp * back];
    const zoom = 1 / Math.max(0.4, 1 - 0.14 * near);
    return { x: (cr * right + sr * up) * zoom, y: (sr * right - cr * up) * zoom, z: near, zoom };
  };
}

function onCanvas(seen: Seen, { x, y, scale }: Frame): Seen {
  return { ...seen, x: x + scale * seen.x, y: y + scale * seen.y };
}

function boundsOf(
  pieces: Piece[],
  look: Project,
): { left: number; top: number; right: number; bottom: number } {
  const bounds = { left: 1e9, top: 1e9, right: -1e9, bottom: -1e9 };
  const include = (p: readonly number[]): void => {
    const { x, y, zoom } = look(p);
    const radius = (p[3] ?? 0) * zoom;
    bounds.left = Math.min(bounds.left, x - radius);
    bounds.right = Math.max(bounds.right, x + radius);
    bounds.top = Math.min(bounds.top, y - radius);
    bounds.bottom = Math.max(bounds.bottom, y + radius);
  };
  for (const piece of pieces)
    if (piece.kind === "body") piece.limbs.flat().forEach(include);
    else piece.corners.forEach(include);
  return bounds;
}

function paintPanel(canvas: Canvas, piece: Panel, look: Project, frame: Frame, light: Light): void {
  const seen = piece.corners.map((corner) => look(corner));
  const normal = normalOf(seen.map(({ x, y, z }): Point => [x, y, z]));
  if (piece.oneSided && normal[2] <= 0) return;
  const turned = normal[2] < 0 ? -1 : 1;
  const facing = turned * (normal[0] * light.x + normal[1] * light.y + normal[2] * light.z);
  const brightness = light.ambient + light.direct * Math.max(0.1 * Math.abs(facing), facing);
  const corners = seen.flatMap((corner) => {
    const { x, y } = onCanvas(corner, frame);
    return [x, y];
  });
  paintPolygon(canvas, corners, { skin: piece.skin, frame, brightness });
  for (const mark of piece.marks) paintPanel(canvas, mark, look, frame, light);
}

/** Of a flat polygon, after Newell; its length is 1. To the viewer where the corners run anticlockwise as seen. */
function normalOf(points: Point[]): Point {
  let [nx, ny, nz] = [0, 0, 0];
  points.forEach(([x, y, z], i) => {
    const [u, v, w] = points[(i + 1) % points.length];
    nx -= (y - v) * (z + w);
    ny -= (z - w) * (x + u);
    nz -= (x - u) * (y + v);
  });
  const length = Math.sqrt(nx * nx + ny * ny + nz * nz) || 1;
  return [nx / length, ny / length, nz / length];
}
