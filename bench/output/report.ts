/** All that a run of the benchmark found. */
import type { Machine } from "../machine";
import type { Row } from "../race/results";

export interface Report {
  /** How many times as fast ours is, by "case/peer", with "@1" behind for one core; null where it is withheld. */
  ratios: Record<string, number | null>;
  rows: Row[];
  machine: Machine;
  versions: Record<string, string>;
}
