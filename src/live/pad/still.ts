/** A pad where nothing runs: what was drawn, what it was taken for, and what is kept. */
import { imageGroups, type ImageGroup } from "../../viz";
import type { Still } from "../widget";
import type { PadState } from "./state";

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const GREY = { height: 28, width: 28, channels: 1, range: [0, 255] as [number, number] };
const SHOWN = 5;
const MOST_DRAWINGS = 60;

/** The state as a picture and in words. */
export function stillOfPad(state: PadState): Still {
  const text = wordsOf(state);
  const { png, width, height } = imageGroups(groupsOf(state), {
    columns: 12,
    scale: 2,
    title: "Drawing pad",
  });
  return {
    data: { "text/plain": text, "image/png": png.toString("base64") },
    metadata: { "image/png": { width, height } },
  };
}

function groupsOf(state: PadState): ImageGroup[] {
  const { seen, size, ink, drawings } = state;
  const [height, width, channels] = size;
  const blank = new Uint8Array(28 * 28).fill(ink === "white" ? 0 : 255);
  const paper =
    seen.length > 0 ? { ...GREY, pixels: seen, height, width, channels } : { ...GREY, pixels: blank };
  const kept = drawings.slice(0, MOST_DRAWINGS).map(({ pixels, label }) => ({ ...GREY, pixels, label }));
  return [
    { heading: answerOf(state), images: [paper] },
    ...(kept.length > 0 ? [{ heading: keptOf(state), images: kept }] : []),
  ];
}

function wordsOf(state: PadState): string {
  const { learning, drawings } = state;
  const lines = ["Drawing pad", answerOf(state)];
  if (drawings.length > 0) lines.push(keptOf(state));
  if (learning?.before && learning.after)
    lines.push(
      `of ${learning.after.of} drawings that it had not learned from, right before: ${learning.before.right}, after: ${learning.after.right}`,
    );
  return lines.join("\n");
}

function answerOf({ seen, isTaught, guesses, classes }: PadState): string {
  if (!isTaught) return `${classes.join(", ")}: nothing learned yet`;
  if (seen.length === 0) return `Tells apart ${classes.join(", ")}`;
  const shown = guesses.slice(0, SHOWN).filter(({ confidence }, i) => i === 0 || confidence >= 0.01);
  return shown.map(({ name, confidence }) => `${name} ${percent(confidence)}`).join(", ");
}

function keptOf({ classes, drawings }: PadState): string {
  const counts = classes.map(
    (name) => [name, drawings.filter(({ label }) => label === name).length] as const,
  );
  const some = counts.filter(([, count]) => count > 0).map(([name, count]) => `${name} (${count})`);
  return `Kept: ${some.join(", ")}`;
}
