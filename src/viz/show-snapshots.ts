import type { KernelSnapshot } from "../helpers";
import { count } from "./format";
import { kernelRasters } from "./kernel-rasters";
import { showPicture } from "./picture";
import { imageGrid } from "./raster";

const WIDTH = 560; // CSS px for the filters
const LARGEST = 48; // CSS px a filter, about
const GAP = 4;
/** How many filters a row has where nobody chooses, and up to which they have room for a number below. */
const MOST = 16;

export interface ShowSnapshotsOptions {
  title?: string;
  /** Which filters, by unit; the first sixteen where it is left out. */
  units?: readonly number[];
}

/** Shows the same filters at several steps of a training, a row a step, the numbers of the units below the last.
 * Grey is a weight of zero; each filter is scaled by its own largest weight.
 * @param snapshots Of one layer that takes 1 or 3 channels; from `pretrain(…, { snapshots: … })`.
 * @throws RangeError where there are none, they are of several layers, or a unit isn't there.
 * @example
 * const { snapshots } = await pretrain(source, photos, { seed: 1, snapshots: { atSteps: [0, 50, 200] } });
 * showSnapshots(snapshots); */
export function showSnapshots(
  snapshots: readonly KernelSnapshot[],
  { title, units: chosen }: ShowSnapshotsOptions = {},
): void {
  checkSnapshots(snapshots);
  const { layer, shape } = snapshots[0];
  const [height, width, , units] = shape;
  const shown = chosen ?? Array.from({ length: Math.min(MOST, units) }, (_, unit) => unit);
  const wrong = shown.find((unit) => !(Number.isInteger(unit) && unit >= 0 && unit < units));
  if (shown.length === 0 || wrong !== undefined)
    throw new RangeError(
      `Cannot show snapshots of "${layer}": its units are 0 to ${units - 1}. Received: ${wrong ?? "none"}.`,
    );
  const room = WIDTH / shown.length - GAP;
  const nameOf = (unit: number): string => (room >= LARGEST ? `unit ${unit}` : String(unit));
  const images = snapshots.flatMap(({ kernel }, row) => {
    const all = kernelRasters(kernel, shape);
    const numbered = row === snapshots.length - 1 && shown.length <= MOST;
    return shown.map((unit) => ({ ...all[unit], ...(numbered && { label: nameOf(unit) }) }));
  });
  const steps = snapshots.map(({ step }) => count(step));
  const which = shown.length < units ? `${shown.length} of the ${units}` : `The ${units}`;
  showPicture(
    imageGrid(images, {
      columns: shown.length,
      scale: Math.max(1, Math.min(Math.floor(room / width), Math.round(LARGEST / width))),
      gap: GAP,
      title: title ?? `${which} filters of ${layer} as they form (grey: no weight)`,
      rowLabels: steps.map((step) => `step ${step}`),
    }),
    `${which} filters of ${layer}, ${height}×${width} pixels each, at step ${steps.join(", ")}: unit ${shown.join(", ")}`,
  );
}

function checkSnapshots(snapshots: readonly KernelSnapshot[]): void {
  if (snapshots.length === 0) throw new RangeError("Cannot show snapshots: there are none.");
  const { layer, shape } = snapshots[0];
  const channels = shape[2];
  if (channels !== 1 && channels !== 3)
    throw new RangeError(
      `Cannot show the filters of "${layer}" as pictures: it has to take 1 or 3 channels. It takes ${channels}.`,
    );
  const other = snapshots.find((one) => one.layer !== layer || one.shape.join() !== shape.join());
  if (other)
    throw new RangeError(
      `Cannot show snapshots of several layers: received "${layer}" [${shape.join(", ")}] and "${other.layer}" [${other.shape.join(", ")}].`,
    );
}
