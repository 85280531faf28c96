import { quote } from "./check-examples";
import { decodePictures, type DecodeOptions, type PictureFile } from "./decode";
import type { RawPart, RawSet, RawSpec } from "./raw-set";
import { readTar } from "./tar";

/** Reads an archive of pictures sorted into folders: `train/<class>/….jpg` and `test/<class>/….jpg`.
 *
 * The order is by file name, then by class, whatever the archive's: `0000` of each class comes first.
 * @param tar The archive, unzipped.
 * @throws Error where a folder isn't a known class, or a picture is damaged or of another size. */
export async function readClassFolders(
  tar: Uint8Array,
  { input, classes }: Pick<RawSpec, "input" | "classes">,
  options: DecodeOptions = {},
): Promise<RawSet> {
  const parts: Record<string, { name: string; label: number; file: PictureFile }[]> = { train: [], test: [] };
  const labels = new Map(classes.map((name, label) => [name, label]));
  for (const file of readTar(tar)) {
    const folders = file.path.split("/");
    const name = folders.pop()!;
    if (name.startsWith(".") || !/\.(jpe?g|png)$/i.test(name)) continue; // notes, and what a Mac leaves behind
    const [part, className] = folders.slice(-2);
    const label = labels.get(className);
    if (label === undefined || !parts[part])
      throw new Error(
        `Cannot place ${file.path}: pictures are in train/<class> and test/<class>, and the classes are ${quote(classes)}.`,
      );
    parts[part].push({ name, label, file });
  }
  const total = parts.train.length + parts.test.length;
  if (total === 0)
    throw new Error("Cannot find a picture: the archive has none in train/<class> or test/<class>.");
  const read = async (part: string, before: number): Promise<RawPart> => {
    const entries = parts[part].sort((a, b) =>
      a.name < b.name ? -1 : a.name > b.name ? 1 : a.label - b.label,
    );
    return {
      images: await decodePictures(
        entries.map(({ file }) => file),
        input,
        { signal: options.signal, progress: (done) => options.progress?.(before + done) },
      ),
      labels: Uint8Array.from(entries, ({ label }) => label),
    };
  };
  return { train: await read("train", 0), test: await read("test", parts.train.length) };
}
