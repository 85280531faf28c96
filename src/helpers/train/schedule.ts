/** How the learning rate changes while training runs. */

/** `constant`; `one-cycle`: up in a line over the warm-up, down in a line to 0 (Smith, 2018); `cosine`: down
 * along half a cosine to 0 (Loshchilov and Hutter, 2017), after a warm-up where one is given. */
export type ScheduleName = "constant" | "one-cycle" | "cosine";

export interface Schedule {
  kind: ScheduleName;
  /** The share of the steps on which the rate rises, 0…1. */
  warmUp?: number;
}

/** The factor on the learning rate, 0…1.
 * @param progress The share of the steps that is done, 0…1.
 * @throws RangeError for an unknown name or a warm-up outside 0…1. */
export function scheduleFactor(
  { kind, warmUp = kind === "one-cycle" ? 0.2 : 0 }: Schedule,
  progress: number,
): number {
  if (!(warmUp >= 0 && warmUp < 1))
    throw new RangeError(
      `Cannot follow a schedule: its warm-up is a share from 0 to below 1. Received: ${warmUp}.`,
    );
  if (progress < warmUp) return progress / warmUp;
  const left = (1 - progress) / (1 - warmUp);
  switch (kind) {
    case "constant":
      return 1;
    case "one-cycle":
      return left;
    case "cosine":
      return 0.5 * (1 - Math.cos(Math.PI * left));
    default:
      throw new RangeError(
        `Cannot follow the schedule ${JSON.stringify(kind)}: the schedules are "constant", "one-cycle", "cosine".`,
      );
  }
}
