import type { Stimulus } from "./stimuli";
import { DETECTOR_KINDS, type DetectorKind, type UnitCensus } from "./types";

/** A corner or a curve has to excite a unit by this factor more than any straight figure does. */
const MARGIN = 1.1;

/** What a unit is, from its strongest response to each kind.
 *
 * `other` where nothing excites it, or noise, checkers, dots or flats do most; `corner` or `curve` where the
 * better of the two beats all straight figures by a tenth; else `straight`. */
export function detectorKind({ straight, corner, curve, other }: Record<DetectorKind, number>): DetectorKind {
  const bent = Math.max(corner, curve);
  const best = Math.max(bent, straight);
  if (!(best > 0) || other >= best) return "other";
  if (bent > MARGIN * straight) return corner > curve ? "corner" : "curve";
  return "straight";
}

/** Keeps the record of what the units of one layer answered, stimulus by stimulus. */
export class Tally {
  private readonly best: Record<DetectorKind, Float32Array>;
  private readonly top: Float32Array;
  private readonly topStimulus: Int32Array;
  private readonly sum: Float64Array;
  private readonly squares: Float64Array;
  /** By kind `[angles, units]`. */
  private readonly tuning: Record<"straight" | "corner" | "curve", Float32Array>;

  /** @param blank What each unit gives for a picture without contrast. */
  constructor(
    private readonly blank: Float32Array,
    private readonly probes: readonly Stimulus[],
    private readonly angles: readonly number[],
  ) {
    const units = blank.length;
    const lowest = (size: number) => new Float32Array(size).fill(-Infinity);
    this.best = {
      straight: lowest(units),
      corner: lowest(units),
      curve: lowest(units),
      other: lowest(units),
    };
    const tuned = angles.length * units;
    this.tuning = { straight: lowest(tuned), corner: lowest(tuned), curve: lowest(tuned) };
    this.top = lowest(units);
    this.topStimulus = new Int32Array(units);
    this.sum = new Float64Array(units);
    this.squares = new Float64Array(units);
  }

  /** Notes the answers to one stimulus.
   * @param index Of the stimulus among the probes.
   * @param answers Of all units. */
  add(index: number, answers: Float32Array): void {
    const { kind, angle } = this.probes[index].figure;
    const units = this.blank.length;
    const best = this.best[kind];
    const tuning = kind === "other" ? undefined : this.tuning[kind];
    const row = units * this.angles.indexOf(angle);
    for (let unit = 0; unit < units; unit++) {
      const response = answers[unit] - this.blank[unit];
      this.sum[unit] += response;
      this.squares[unit] += response * response;
      if (response > best[unit]) best[unit] = response;
      if (response > this.top[unit]) {
        this.top[unit] = response;
        this.topStimulus[unit] = index;
      }
      if (tuning && response > tuning[row + unit]) tuning[row + unit] = response;
    }
  }

  kinds(): DetectorKind[] {
    return Array.from(this.blank, (_, unit) => detectorKind(this.strongest(unit, 1)));
  }

  /** The units, their responses in standard deviations over all stimuli. */
  units(describe: (stimulus: Stimulus) => string): UnitCensus[] {
    const count = this.probes.length;
    return Array.from(this.blank, (_, unit) => {
      const mean = this.sum[unit] / count;
      const sd = Math.sqrt(Math.max(0, this.squares[unit] / count - mean * mean)) || 1;
      const responses = this.strongest(unit, sd);
      const curve = (values: Float32Array) =>
        Float32Array.from(this.angles, (_, i) => values[i * this.blank.length + unit] / sd);
      const { straight, corner, curve: curved } = this.tuning;
      return {
        unit,
        kind: detectorKind(responses),
        best: describe(this.probes[this.topStimulus[unit]]),
        responses,
        sd,
        tuning: { straight: curve(straight), corner: curve(corner), curve: curve(curved) },
      };
    });
  }

  private strongest(unit: number, sd: number): Record<DetectorKind, number> {
    return Object.fromEntries(DETECTOR_KINDS.map((kind) => [kind, this.best[kind][unit] / sd])) as Record<
      DetectorKind,
      number
    >;
  }
}
