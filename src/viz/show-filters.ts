import { firstLayerFilters, type Filter, type FilterKind, type FirstLayerFilters, type tf } from "../helpers";
import { textTable } from "./format";
import { showPicture } from "./picture";
import { imageGroups, type ImageGroup } from "./raster";

const HEADINGS: Record<FilterKind, string> = {
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
  { title, sort = true }: ShowFiltersOptions = {},
): Promise<void> {
  const { layer, height, width, channels, filters } =
    "filters" in from ? from : await firstLayerFilters(from);
  const image = ({ unit, pixels }: Filter) => ({
    pixels,
    height,
    width,
    channels,
    range: [-1, 1] as [number, number],
    label: String(unit),
  });
  const groups: ImageGroup[] = sort
    ? groupsOf(filters).map(([heading, members]) => ({
        heading: `${heading} (${members.length})`,
        images: members.map(image),
      }))
    : [{ images: [...filters].sort((a, b) => a.unit - b.unit).map(image) }];
  const what = `The ${filters.length} filters of ${layer}, ${height}×${width} pixels each`;
  const scale = Math.max(1, Math.round(SIDE / width));
  const columns = Math.min(COLUMNS, Math.max(...groups.map(({ images }) => images.length)));
  const picture = imageGroups(groups, {
    columns,
    scale,
    gap: 8,
    title: title ?? `${what} (grey: no weight)`,
  });
  showPicture(picture, `${what}\n${describe(filters)}`);
}

/** The kinds that there are, with their filters. */
function groupsOf(filters: readonly Filter[]): [heading: string, members: Filter[]][] {
  return (Object.keys(HEADINGS) as FilterKind[])
    .map((kind): [string, Filter[]] => [HEADINGS[kind], filters.filter((filter) => filter.kind === kind)])
    .filter(([, members]) => members.length > 0);
}

/** The share of each kind, and the angles of the edges. */
function describe(filters: readonly Filter[]): string {
  const rows = groupsOf(filters).map(([heading, members]) => [
    heading,
    String(members.length),
    `${Math.round((100 * members.length) / filters.length)} %`,
  ]);
  const edges = filters
    .filter(({ kind }) => kind === "oriented")
    .map(({ unit, angle }) => `${unit}: ${Math.round(angle)}°`);
  const angles =
    edges.length > 0 ? [`Angle of each edge by unit (0 lies, 90 stands): ${edges.join(", ")}`] : [];
  return [textTable([["kind", "filters", "share"], ...rows]), ...angles].join("\n");
}
