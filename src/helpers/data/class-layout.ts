/** Which file is which example: the class and the part that the folders above it name. */
import { quote } from "./check-examples";
import type { Entry } from "./file-source";

export const PARTS = ["train", "validation", "test"] as const;

export type Part = (typeof PARTS)[number];

/** A file that is taken for a picture, and where it belongs. */
export interface PlacedFile {
  /** Its index among the entries. */
  entry: number;
  path: string;
  /** An index into the classes. */
  label: number;
  /** Undefined where no folder says so. */
  part?: Part;
}

export interface SkippedFile {
  path: string;
  reason: string;
}

export interface ClassLayout {
  /** By name. */
  classes: string[];
  /** In the order of their paths. */
  files: PlacedFile[];
  skipped: SkippedFile[];
}

const PART_NAMES: Record<string, Part> = {
  train: "train",
  training: "train",
  val: "validation",
  valid: "validation",
  validation: "validation",
  test: "test",
  testing: "test",
};

const PICTURE = /(^[^.]+|\.(jpe?g|jpe|jfif|png|gif|bmp|dib|webp))$/i; // the content decides; a name may say nothing

const LOOSE = "it is in no class folder";

/** Reads the folders: one for each class, perhaps `train` and `test` (or `val`) above them, perhaps folders that
 * wrap all of it, as archives have. What lies deeper in a class belongs to it.
 * @param name What the place is called in errors.
 * @throws Error where there are no class folders, only one, or one without pictures. */
export function classLayout(entries: readonly Entry[], name: string): ClassLayout {
  const tree = unwrapped(entries.flatMap(nodeOf));
  const inParts = hasParts(tree);
  const files: (Omit<PlacedFile, "label"> & { className: string })[] = [];
  const skipped: SkippedFile[] = entries.flatMap(({ path, kind, refused }) =>
    refused && kind !== "junk" ? [{ path, reason: refused }] : [],
  );
  const classNames = new Set<string>();
  for (const { entry, path, isFile, folders, file } of tree) {
    const part = inParts ? PART_NAMES[folders[0]?.toLowerCase()] : undefined;
    const className = folders[inParts ? 1 : 0];
    const placed = className !== undefined && (part || !inParts);
    if (placed) classNames.add(className);
    if (!isFile) continue;
    const isPicture = PICTURE.test(file);
    if (placed && isPicture) files.push({ entry, path, part, className });
    else if (placed)
      skipped.push({ path, reason: "by its name it is no JPEG, PNG, GIF, BMP or WebP picture" });
    else if (isPicture && file.includes(".")) skipped.push({ path, reason: LOOSE });
  }
  settleParts(files);
  const classes = [...classNames].sort();
  checkClasses(classes, files, skipped, name);
  const labels = new Map(classes.map((className, label) => [className, label]));
  return {
    classes,
    files: files
      .map(({ className, ...file }) => ({ ...file, label: labels.get(className)! }))
      .sort((a, b) => (a.path < b.path ? -1 : 1)),
    skipped,
  };
}

interface Node {
  entry: number;
  path: string;
  isFile: boolean;
  /** The folders it is in; a folder is in itself. */
  folders: string[];
  /** Its own name, where it is a file. */
  file: string;
}

function nodeOf({ path, kind, refused }: Entry, entry: number): Node[] {
  if (kind === "junk" || refused) return [];
  const folders = path.normalize("NFC").split("/"); // macOS takes letters and accents apart
  const file = kind === "file" ? folders.pop()! : "";
  return [{ entry, path, isFile: kind === "file", folders, file }];
}

/** Without the folders that hold all the others and no picture themselves. */
function unwrapped(nodes: Node[]): Node[] {
  for (;;) {
    const tops = new Set(nodes.flatMap(({ folders }) => folders.slice(0, 1)));
    const [top] = tops;
    const hasFolders = nodes.some(({ folders }) => folders.length > 1);
    const isClass = nodes.some(
      ({ folders, file, isFile }) =>
        isFile && folders.length <= 1 && PICTURE.test(file) && file.includes("."),
    );
    if (tops.size !== 1 || !hasFolders || isClass) return nodes;
    nodes = nodes
      .map((node) => (node.folders[0] === top ? { ...node, folders: node.folders.slice(1) } : node))
      .filter(({ folders, isFile }) => isFile || folders.length > 0);
  }
}

/** Whether the folders on top are parts: one to train on, and one to be tested on. */
function hasParts(nodes: Node[]): boolean {
  const parts = new Set(nodes.flatMap(({ folders }) => PART_NAMES[folders[0]?.toLowerCase()] ?? []));
  return parts.has("train") && parts.size > 1;
}

/** What was set aside for validation is the test part where there is no other; a part alone is none. */
function settleParts(files: { part?: Part }[]): void {
  const found = new Set(files.map(({ part }) => part));
  for (const file of files)
    if (!found.has("test") && !found.has("validation")) file.part = undefined;
    else if (!found.has("test") && file.part === "validation") file.part = "test";
}

function checkClasses(
  classes: string[],
  files: { className: string; part?: Part }[],
  skipped: SkippedFile[],
  name: string,
): void {
  const help = `Make a folder for each class, such as ${name}/cats and ${name}/dogs.`;
  if (files.length === 0) {
    const loose = skipped.find(({ reason }) => reason === LOOSE);
    const what = loose
      ? `its pictures, such as ${loose.path}, are in no class folders`
      : "it holds no picture";
    throw new Error(`Cannot make a data set of ${name}: ${what}. ${help}`);
  }
  if (classes.length === 1)
    throw new Error(
      `Cannot make a data set of ${name}: "${classes[0]}" is its only class, and a classifier needs two. ${help}`,
    );
  const hasPictures = new Set(
    files.flatMap(({ className, part = "train" }) => (part === "train" ? [className] : [])),
  );
  const empty = classes.filter((className) => !hasPictures.has(className));
  if (empty.length > 0)
    throw new Error(
      `Cannot make a data set of ${name}: there is no picture to train on in ${quote(empty)}. Add some, or remove the folder.`,
    );
}
