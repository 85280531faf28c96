import { firstLayerFilters, type Filter, type FilterKind, type FirstLayerFilters, type tf } from "../helpers";
import { textTable } from "./format";
import { showPicture } from "./picture";
import { imageGroups, type ImageGroup, type Picture, type Raster } from "./raster";

const NAMES: Record<FilterKind, string> = {
  oriented: "edges and gratings",
  blob: "blobs of colour or brightness",
  neither: "neither",
};
const COLUMNS = 10;
const SIDE = 48; // CSS px, about

export interface ShowFiltersOptions {
  title?: string;
  /** By kind, and edges by angle; `false` keeps the layer's own order, for comparing two states of a network. */
  sort?: boolean;
}

/** Shows the first convolution's kernels as small colour pictures, sorted by what they look for, the number of
 * the unit below each. Grey is a weight of zero; each kernel is scaled by its own largest weight, so that faint
 * ones show too.
 * @param from A model, borrowed, whose first convolution takes 1 or 3 channels; or what `firstLayerFilters`
 *   found in one.
 * @throws Error where there is no such convolution.
 * @example
 * await showFilters(source); */
export async function showFilters(
  from: tf.LayersModel | FirstLayerFilters,
  options: ShowFiltersOptions = {},
): Promise<void> {
  const found = "filters" in from ? from : await firstLayerFilters(from);
  showPicture(filtersPicture(found, options), describeFilters(found));
}

/** The picture that {@link showFilters} shows. */
export function filtersPicture(
  found: FirstLayerFilters,
  { title = `${whatOf(found)} (grey: no weight)`, sort = true }: ShowFiltersOptions = {},
): Picture {
  const { width, filters } = found;
  const groups: ImageGroup[] = sort
    ? kindsOf(filters).map(([kind, members]) => ({
        heading: `${NAMES[kind]} (${members.length})${kind === "oriented" ? ", by angle" : ""}`,
        images: members.map((filter) => rasterOf(filter, found)),
      }))
    : [{ images: [...filters].sort((a, b) => a.unit - b.unit).map((filter) => rasterOf(filter, found)) }];
  return imageGroups(groups, {
    columns: Math.min(COLUMNS, Math.max(...groups.map(({ images }) => images.length))),
    scale: Math.max(1, Math.round(SIDE / width)),
    gap: 8,
    title,
  });
}

/** What {@link showFilters} says: the share of each kind, and the angles of the edges. */
export function describeFilters(found: FirstLayerFilters): string {
  const { filters } = found;
  const rows = kindsOf(filters).map(([kind, members]) => [
    NAMES[kind],
    String(members.length),
    `${Math.round((100 * members.length) / filters.length)} %`,
  ]);
  const edges = filters
    .filter(({ kind }) => kind === "oriented")
    .map(({ unit, angle }) => `${unit}: ${Math.round(angle) % 180}°`);
  const angles =
    edges.length > 0 ? [`Angle of each edge by unit (0 lies, 90 stands): ${edges.join(", ")}`] : [];
  return [whatOf(found), textTable([["kind", "filters", "share"], ...rows]), ...angles].join("\n");
}

function whatOf({ layer, height, width, filters }: FirstLayerFilters): string {
  return `The ${filters.length} filters of ${layer}, ${height}×${width} pixels each`;
}

function rasterOf({ unit, pixels }: Filter, { height, width, channels }: FirstLayerFilters): Raster {
  return { pixels, height, width, channels, range: [-1, 1], label: `unit ${unit}` };
}

/** The kinds that there are, with their filters. */
function kindsOf(filters: readonly Filter[]): [kind: FilterKind, members: Filter[]][] {
  return (Object.keys(NAMES) as FilterKind[])
    .map((kind): [FilterKind, Filter[]] => [kind, filters.filter((filter) => filter.kind === kind)])
    .filter(([, members]) => members.length > 0);
}
