/** What comes out of a race: a row for each contender, and the ratios that have a name. */
import { isExtra, isOurs, LABELS, type Case } from "../cases";
import type { Reached, Turn } from "../workers/job";
import { describeReached, disagreement } from "./agreement";
import { speedRatio, spreadOf, type Spread } from "./statistics";

/** A contender's turns. */
export interface Finished {
  contender: string;
  version: string;
  detail: string;
  hugePages: boolean;
  reached: Reached;
  turns: (Turn & { quiet: boolean })[];
  peakMB: number | undefined;
}

export interface Row {
  case: string;
  cores: number;
  contender: string;
  label: string;
  version: string;
  /** How it works, where it had a choice: threads, the way to train, large pages. */
  detail: string;
  unit: string;
  /** Milliseconds a turn. */
  wallMs: Spread;
  cpuMs: Spread;
  /** How much a turn does, in units. */
  work: number;
  /** By the clock that the ratio goes by. */
  perSecond: number;
  /** What the ratio goes by: time on the clock, or processor time where the machine was busy. */
  clock: "wall" | "cpu";
  reached: string;
  /** How many times as fast ours is, over the rounds; null where it is not believed. */
  ratio: Spread | null;
  withheld?: string;
  peakMB: number | null;
  turns: number;
  quietTurns: number;
}

/** The contender that ratios are of: as the lab runs, else as it comes. */
export function ourFinished(all: readonly Finished[]): Finished | undefined {
  return (
    all.find(({ contender }) => contender === "ours-lab") ?? all.find(({ contender }) => isOurs(contender))
  );
}

/** On one core, processor time is what a quiet machine would have taken; on several it isn't. */
export function clockFor(cores: number, all: readonly Finished[]): "wall" | "cpu" {
  const quiet = all.every(({ turns }) => turns.every((turn) => turn.quiet));
  return cores === 1 && !quiet ? "cpu" : "wall";
}

export function rowsOf(one: Case, cores: number, all: readonly Finished[]): Row[] {
  const ours = ourFinished(all);
  const clock = clockFor(cores, all);
  const times = ({ turns }: Finished): number[] =>
    turns.map(({ cpuMs, wallMs, work }) => (clock === "cpu" ? cpuMs : wallMs) / work);
  return all.map((each): Row => {
    const withheld = ours ? disagreement(ours.reached, each.reached) : "ours did not run";
    const { contender, version, turns, peakMB = null } = each;
    const spread = spreadOf(times(each));
    return {
      case: one.name,
      cores,
      contender,
      label: LABELS[contender] ?? contender,
      version,
      detail: [each.detail, each.hugePages && "huge pages"].filter(Boolean).join(", "),
      unit: one.unit,
      wallMs: spreadOf(turns.map(({ wallMs }) => wallMs)),
      cpuMs: spreadOf(turns.map(({ cpuMs }) => cpuMs)),
      work: turns[0].work,
      perSecond: 1000 / spread.median,
      clock,
      reached: describeReached(each.reached),
      ratio: withheld || !ours ? null : speedRatio(times(ours), times(each)),
      ...(withheld !== undefined && { withheld }),
      peakMB: peakMB === null ? null : Math.round(peakMB),
      turns: turns.length,
      quietTurns: turns.filter(({ quiet }) => quiet).length,
    };
  });
}

/** The ratios that have a name: each against the fastest contender of its kind; null where that one did not run or
 * did something else. */
export function ratiosOf(one: Case, rows: readonly Row[], suffix: string): Record<string, number | null> {
  return Object.fromEntries(
    Object.entries(one.ratios).map(([key, kind]) => {
      const candidates = rows.filter(({ contender }) => contender.startsWith(kind) && !isExtra(contender));
      const [fastest] = [...candidates].sort((a, b) => b.perSecond - a.perSecond);
      return [key + suffix, fastest?.ratio?.median ?? null];
    }),
  );
}
