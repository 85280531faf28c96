import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkCard, type Card } from "./card";
import { bytesOf, parseModelJson, sum, type Topology, type WeightSpec } from "./model-json";

/** A layers model as it lies in its files. */
export interface ModelFiles {
  topology: Topology;
  weightSpecs: WeightSpec[];
  weights: Uint8Array;
  /** What this package wrote into it, where it did. */
  card?: Card;
}

/** SHA-256 of `model.json`, and of all weight files one after another, in its order. */
export interface Checksums {
  model: string;
  weights: string;
}

/** Reads a folder that has a model.json. Sizes are checked against what it says; checksums where they are given.
 * @throws Error where a file is missing, damaged, or no layers model. */
export async function readModelFolder(folder: string, checksums?: Checksums): Promise<ModelFiles> {
  const bytes = await readFile(join(folder, "model.json"));
  checkSum("model.json", [bytes], checksums?.model);
  const { json, groups } = parseModelJson(bytes);
  const parts: Uint8Array[] = [];
  for (const { paths, weights } of groups) {
    const files = await Promise.all(paths.map((path) => readWeightFile(folder, path)));
    const [found, expected] = [sum(files.map(({ length }) => length)), bytesOf(weights)];
    if (found !== expected)
      throw new Error(
        `${paths.join(" and ")} ${paths.length > 1 ? "have" : "has"} ${found} bytes instead of ${expected}`,
      );
    parts.push(...files);
  }
  checkSum("the weights together", parts, checksums?.weights);
  const card = json.userDefinedMetadata?.card;
  return {
    topology: json.modelTopology!,
    weightSpecs: groups.flatMap(({ weights }) => weights),
    weights: Buffer.concat(parts),
    ...(card !== undefined && { card: checkCard(card) }),
  };
}

async function readWeightFile(folder: string, path: string): Promise<Buffer> {
  return await readFile(join(folder, path)).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      error.code === "ENOENT" ? `${path} is missing, though model.json is there` : error.message,
    );
  });
}

function checkSum(what: string, parts: Uint8Array[], expected: string | undefined): void {
  if (expected === undefined) return;
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  const found = hash.digest("hex");
  if (found !== expected) throw new Error(`${what}: SHA-256 ${found} instead of ${expected}`);
}
