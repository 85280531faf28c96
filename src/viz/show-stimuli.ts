import { DETECTOR_KINDS, drawStimulus, type InputSpec, type Stimulus } from "../helpers";
import { showPicture } from "./picture";
import { imageGroups, type ImageGroup, type Raster } from "./raster";

const COLUMNS = 5;
const SIDE = 64; // CSS px, about
/** Leads through angles, colours and polarities alike. */
const STRIDE = 31;
const INPUT: InputSpec = { type: "image", height: 32, width: 32, channels: 3, range: [0, 255] };

/** Shows stimuli. Of a bank of them each figure comes once, at another angle and in other colours each time,
 * under the name of its kind; pictures are shown as they are, with their labels.
 * @param stimuli From `stimulusBank`, or pictures.
 * @throws RangeError where there are none.
 * @example
 * showStimuli(stimulusBank()); */
export function showStimuli(
  stimuli: readonly Stimulus[] | readonly Raster[],
  { title = "What the network is shown" }: { title?: string } = {},
): void {
  if (stimuli.length === 0) throw new RangeError("Cannot show stimuli: there are none.");
  const groups: ImageGroup[] = isBank(stimuli) ? examplesOf(stimuli) : [{ images: stimuli }];
  const largest = Math.max(...groups.flatMap(({ images }) => images.map(({ width }) => width)));
  const scale = largest > SIDE ? SIDE / largest : Math.round(SIDE / largest);
  const lines = groups.map(({ heading, images }) => {
    const labels = images.map(({ label }, i) => label ?? `picture ${i + 1}`).join(", ");
    return heading ? `${heading}: ${labels}` : labels;
  });
  showPicture(imageGroups(groups, { columns: COLUMNS, scale, title }), [title, ...lines].join("\n"));
}

function isBank(stimuli: readonly Stimulus[] | readonly Raster[]): stimuli is readonly Stimulus[] {
  return "figure" in stimuli[0];
}

/** One stimulus for each figure, the kinds apart. */
function examplesOf(bank: readonly Stimulus[]): ImageGroup[] {
  const byName = new Map<string, Stimulus[]>();
  for (const stimulus of bank) {
    const name = `${stimulus.figure.kind} ${stimulus.figure.name}`;
    byName.set(name, [...(byName.get(name) ?? []), stimulus]);
  }
  let turn = 0;
  const examples = [...byName.values()].map((same) => same[(turn++ * STRIDE) % same.length]);
  return DETECTOR_KINDS.map((kind) => ({
    heading: kind,
    images: examples
      .filter(({ figure }) => figure.kind === kind)
      .map((stimulus) => ({ ...INPUT, pixels: drawStimulus(stimulus, INPUT), label: stimulus.figure.name })),
  })).filter(({ images }) => images.length > 0);
}
