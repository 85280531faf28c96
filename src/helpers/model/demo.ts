/** A page that shows a model to anybody: it runs in a browser, from the disk or from a server. */
import { copyFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { checkPhotoOptions, examplePictures, type Examples, type Fit, type InputSpec } from "../data";
import type { tf } from "../engine";
import { cardOf } from "./card";
import { artifactsOf, tensorFlowForBrowsers } from "./demo-artifacts";
import { checkSamples, describeInput, inkOf, isPicture, pictures } from "./demo-examples";
import { writeWholeFolder } from "./whole-folder";

export interface DemoOptions {
  /** The heading; the name in the model's card if not given. */
  title?: string;
  /** Pictures to try it on, of any size; the first 12 going round the classes are taken. Some that it was not
   * trained on are best. If not given, a few that this project draws. */
  examples?: Examples | "none";
  /** How pictures are fitted, as when the model was trained: `"crop"`, the middle, if not given. */
  fit?: Fit;
  /** What one draws with: black ink on white paper, or white on black. If not given, it is white where the edges of
   * the examples are dark, as MNIST's are. */
  ink?: "black" | "white";
}

const pageFolder = join(__dirname, "../../../demo"); // the same from src and from dist
const PAGE_FILES = ["index.html", "page.css", "page.js", "about.js", "drawing.js", "network.js", "pixels.js"];
const MADE_FILES = ["tf.min.js", "model.js"];

/** Writes a folder with a page on which one drops or draws a picture and sees what the model says. Nothing else
 * is needed: opened from the disk, it works as it does from a server, and it connects to nothing. The page sees
 * what {@link predict} sees. The folder appears whole or not at all; a demo that stands there is replaced.
 * @param model Borrowed; its card says what is shown of it.
 * @param folder Its parent is made where it doesn't exist.
 * @returns The path of the page.
 * @throws Error where the model has no card, takes no pictures of one or three channels, or is too large for a
 *   page; where the examples are no such pictures; where the folder holds something else. RangeError for impossible
 *   options.
 * @example
 * const page = await writeDemo(target, "./my-demo", { examples: photos.test }); */
export async function writeDemo(
  model: tf.LayersModel,
  folder: string,
  { title, examples, fit = "crop", ink }: DemoOptions = {},
): Promise<string> {
  const card = cardOf(model);
  checkShowable(card.name, card.input);
  checkPhotoOptions({ fit });
  if (ink !== undefined && ink !== "black" && ink !== "white")
    throw new RangeError(
      `Cannot write a demo to draw on in ${JSON.stringify(ink)}: ink is "black" or "white".`,
    );
  const samples = examples ?? (await examplePictures(card.classes));
  if (samples !== "none") checkSamples(samples);
  const shown = {
    card,
    title: title ?? card.name,
    fit,
    ink: ink ?? (samples === "none" ? "black" : inkOf(samples)),
    examples: samples === "none" ? [] : pictures(samples),
    areDrawn: examples === undefined,
    artifacts: await artifactsOf(model),
  };
  await writeWholeFolder(folder, {
    action: "write a demo",
    names: [...PAGE_FILES, ...MADE_FILES],
    async write(into) {
      for (const file of PAGE_FILES) await copyFile(join(pageFolder, file), join(into, file));
      await writeFile(join(into, "tf.min.js"), await tensorFlowForBrowsers());
      // A script, for a page that is opened from the disk may not fetch.
      await writeFile(join(into, "model.js"), `globalThis.transferLab = ${JSON.stringify(shown)};\n`);
    },
  });
  return join(resolve(folder), "index.html");
}

function checkShowable(name: string, input: InputSpec): void {
  if (!isPicture(input))
    throw new Error(
      `Cannot write a demo: "${name}" takes ${describeInput(input)}, and the page gives images that are grey or in colour.`,
    );
}
