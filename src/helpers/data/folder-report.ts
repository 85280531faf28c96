/** What there is to say about pictures in folders, besides the pictures. */
import { report } from "../report";
import { PARTS, type ClassLayout, type Part, type SkippedFile } from "./class-layout";
import type { NearDuplicate } from "./near-duplicates";

/** Plain values. */
export interface FolderReport {
  /** How many pictures of each class are in each part; in the order of the classes. */
  counts: ({ name: string } & Record<Part, number>)[];
  /** What says which picture is in which part. */
  split: "folders" | "seed";
  /** Files that are not in the set, and why. */
  skipped: SkippedFile[];
  /** Test pictures that nearly are training pictures; `similarity` is 1 where they are the same. */
  nearDuplicates: { test: string; train: string; similarity: number }[];
  /** How many times as many training pictures the largest class has as the smallest. */
  imbalance: { ratio: number; largest: string; smallest: string };
  /** The file of each example, in the order of the examples. */
  paths: Record<Part, string[]>;
}

/** @param slots The files of each part, as indices. */
export function reportOn(
  { classes, files, skipped }: ClassLayout,
  bad: readonly SkippedFile[],
  slots: Record<Part, number[]>,
  pairs: readonly NearDuplicate[],
): FolderReport {
  const counts = classes.map((name) => ({ name, train: 0, validation: 0, test: 0 }));
  for (const part of PARTS) for (const slot of slots[part]) counts[files[slot].label][part]++;
  const paths = (part: Part): string[] => slots[part].map((slot) => files[slot].path);
  return {
    counts,
    split: files[0].part ? "folders" : "seed",
    skipped: [...skipped, ...bad],
    nearDuplicates: pairs.map(({ test, train, similarity }) => ({
      test: files[test].path,
      train: files[train].path,
      similarity,
    })),
    imbalance: imbalanceOf(counts),
    paths: { train: paths("train"), validation: paths("validation"), test: paths("test") },
  };
}

function imbalanceOf(counts: FolderReport["counts"]): FolderReport["imbalance"] {
  const sorted = [...counts].sort((a, b) => a.train - b.train);
  const [smallest, largest] = [sorted[0], sorted.at(-1)!];
  return { ratio: largest.train / smallest.train, largest: largest.name, smallest: smallest.name };
}

const NOTABLE_RATIO = 2;

/** Says in a few lines what the reader must know. */
export function tell(
  name: string,
  { counts, split, skipped, nearDuplicates, imbalance }: FolderReport,
): void {
  const total = (part: Part): number => counts.reduce((sum, row) => sum + row[part], 0);
  const parts = PARTS.filter((part) => total(part) > 0).map(
    (part) => `${total(part).toLocaleString("en")} to ${VERBS[part]}`,
  );
  const how = split === "seed" ? " (held out by chance)" : "";
  report(`${name}: ${counts.length} classes, pictures: ${parts.join(", ")}${how}`);
  if (skipped.length > 0)
    report(`${name}: ${files(skipped.length)} left out (report.skipped): ${listSkipped(skipped, 2)}`);
  if (nearDuplicates.length > 0)
    report(
      `${name}: ${nearDuplicates.length} of ${total("test")} test pictures are nearly the same as training pictures (report.nearDuplicates), so accuracy will look better than it is`,
    );
  const { ratio, largest, smallest } = imbalance;
  if (ratio >= NOTABLE_RATIO)
    report(
      `${name}: "${largest}" has ${ratio.toFixed(1)} times as many training pictures as "${smallest}"; classWeights: "balanced" makes up for it`,
    );
}

const VERBS: Record<Part, string> = { train: "train on", validation: "validate on", test: "test on" };

function files(count: number): string {
  return count === 1 ? "1 file is" : `${count.toLocaleString("en")} files are`;
}

/** The first few of them, with their reasons. */
export function listSkipped(skipped: readonly SkippedFile[], most: number): string {
  const first = skipped.slice(0, most).map(({ path, reason }) => `${path} (${reason})`);
  return first.join("; ") + (skipped.length > most ? "; …" : "");
}
