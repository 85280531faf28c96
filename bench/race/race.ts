/** One case: all contenders take turns, so that whatever else the machine does meets all of them alike. */
import { setTimeout } from "node:timers/promises";
import { isOurs, type Case } from "../cases";
import type { Reached } from "../workers/job";
import { isPeer, type Setting } from "./command";
import { Fresh, Lasting, type Entrant, type Turn } from "./contender";
import { busy, Patience, wasQuiet } from "./quiet";
import type { Finished } from "./results";

export interface RaceOptions extends Setting {
  rounds: number;
  patienceMs: number;
  /** Told what goes on. */
  say(line: string): void;
}

/** Before a turn: threads of the one before may still be spinning, waiting for work. */
const SETTLE_MS = 300;

/** Turns of each variant from which the faster one is chosen. */
const HEATS = 2;

/** @returns The contenders that came to the end; what became of the others is said. */
export async function race(one: Case, options: RaceOptions): Promise<Finished[]> {
  const { python, rounds, say } = options;
  const names = [...(process.platform === "linux" ? ["ours-lab"] : []), "ours", ...one.contenders];
  const runners: { entrant: Entrant; reached: Reached; turns: Finished["turns"] }[] = [];
  for (const name of names.filter((each) => python !== undefined || !isPeer(each)))
    try {
      const { entrant, reached } = await enter(name, one, options);
      runners.push({ entrant, reached, turns: [] });
    } catch (error) {
      say(`  ${name} does not take part: ${(error as Error).message}`);
    }
  const patience = new Patience(options.patienceMs);
  for (let round = 0; round < rounds; round++)
    for (const { entrant, turns } of [...runners])
      try {
        turns.push(await quietTurn(entrant, patience));
      } catch (error) {
        say(`  ${entrant.name} drops out: ${(error as Error).message}`);
        runners.splice(
          runners.findIndex((one) => one.entrant === entrant),
          1,
        );
      }
  for (const { entrant } of runners) await entrant.end();
  return runners.map(({ entrant, reached, turns }) => {
    const { name, version, detail, hugePages, peakMB } = entrant;
    return { contender: name, version, detail, hugePages, reached, turns, peakMB };
  });
}

/** A contender that is warm, with what it reaches. Ours comes both ways; of the others the better one. */
async function enter(
  name: string,
  one: Case,
  options: RaceOptions,
): Promise<{ entrant: Entrant; reached: Reached }> {
  const variants = variantsOf(name, one);
  const entrants: Entrant[] = [];
  try {
    for (const hugePages of variants)
      entrants.push(
        one.fresh
          ? new Fresh(name, hugePages, one, options)
          : await Lasting.start(name, hugePages, one, options),
      );
    return await choose(entrants, one);
  } catch (error) {
    for (const entrant of entrants) await entrant.end();
    throw error;
  }
}

/** Without large pages and with them. There is one variant of ours, which has a name, and of what takes too long to
 * try both: there all others have them. */
function variantsOf(name: string, { long }: Case): boolean[] {
  if (isOurs(name)) return [name === "ours-lab"];
  if (process.platform !== "linux") return [false];
  return long ? [true] : [false, true];
}

async function choose(entrants: Entrant[], one: Case): Promise<{ entrant: Entrant; reached: Reached }> {
  // The check first: it starts from the parameters that all have been given.
  const reached: Reached[] = [];
  for (const entrant of entrants) reached.push(await entrant.check());
  const best = await fastest(entrants);
  for (const entrant of entrants) if (entrant !== best) await entrant.end();
  if (!one.long) {
    await best.tune();
    await best.turn();
  }
  return { entrant: best, reached: reached[entrants.indexOf(best)] };
}

async function fastest(entrants: Entrant[]): Promise<Entrant> {
  if (entrants.length === 1) return entrants[0];
  const best = entrants.map(() => Infinity);
  for (const entrant of entrants) await entrant.turn();
  for (let heat = 0; heat < HEATS; heat++)
    for (const [i, entrant] of entrants.entries()) best[i] = Math.min(best[i], (await entrant.turn()).wallMs);
  return entrants[best.indexOf(Math.min(...best))];
}

/** A turn that others didn't disturb; as it comes where the patience is used up. */
async function quietTurn(entrant: Entrant, patience: Patience): Promise<Turn & { quiet: boolean }> {
  for (;;) {
    await setTimeout(SETTLE_MS);
    const before = busy();
    const turn = await entrant.turn();
    const quiet = wasQuiet(before, turn.usedMs);
    if (quiet || !patience.isLeft) return { ...turn, quiet };
    await patience.wait(turn.wallMs);
  }
}
