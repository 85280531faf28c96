/** Whether a contender did the same as ours: only then is its time believed. */
import type { Reached } from "../workers/job";
import { median } from "./statistics";

/** Before anything is learned, only float error may differ; after 30 steps it has grown. */
const FIRST_LOSS = 1e-3;
const LAST_LOSSES = 0.02;
const LAST = 5;
/** What 2,000 test images can tell apart. */
const ACCURACY = 0.01;
const FEATURES = 1e-3;

/** @returns Why the two don't agree; undefined where they do. */
export function disagreement(ours: Reached, peer: Reached): string | undefined {
  if (ours.losses && peer.losses) return lossesDiffer(ours.losses, peer.losses);
  if (ours.accuracy !== undefined && peer.accuracy !== undefined)
    return ours.accuracy < peer.accuracy - ACCURACY
      ? `ours reached ${percent(ours.accuracy)}, it ${percent(peer.accuracy)}`
      : undefined;
  if (ours.features && peer.features) return featuresDiffer(ours.features, peer.features);
  if (ours.class !== undefined && peer.class !== undefined)
    return ours.class === peer.class ? undefined : `ours named class ${ours.class}, it ${peer.class}`;
  return "they reached figures of different kinds";
}

function lossesDiffer(ours: readonly number[], peer: readonly number[]): string | undefined {
  if (ours.length !== peer.length) return `ours took ${ours.length} steps, it ${peer.length}`;
  if (!(relative(ours[0], peer[0]) < FIRST_LOSS))
    return `the first loss is ${peer[0].toPrecision(5)} instead of ${ours[0].toPrecision(5)}`;
  const [own, other] = [ours, peer].map((losses) => mean(losses.slice(-LAST)));
  return relative(own, other) < LAST_LOSSES
    ? undefined
    : `the mean of the last ${LAST} losses is ${other.toFixed(3)} instead of ${own.toFixed(3)}`;
}

function featuresDiffer(ours: readonly number[], peer: readonly number[]): string | undefined {
  const scale = Math.max(...ours.map(Math.abs));
  const worst = Math.max(...ours.map((value, i) => Math.abs(value - peer[i]) / scale));
  return worst < FEATURES ? undefined : `features differ by ${worst.toPrecision(2)} of the largest`;
}

const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
const relative = (a: number, b: number): number => Math.abs(a - b) / Math.abs(a);
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** What was reached, in a few words. */
export function describeReached({ losses, accuracy, features, class: named }: Reached): string {
  if (losses) return `loss ${losses[0].toFixed(3)} → ${mean(losses.slice(-LAST)).toFixed(3)}`;
  if (accuracy !== undefined) return `accuracy ${percent(accuracy)}`;
  if (features) return `features around ${median(features.map(Math.abs)).toPrecision(3)}`;
  return `class ${named}`;
}
