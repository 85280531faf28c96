/** A pad to draw on, with a network that looks on and can be taught. */
import type { Examples, PictureSource, tf } from "../../helpers";
import { interruptSignal } from "../kernel";
import { viewFiles, Widget, type Still } from "../widget";
import { checkClasses } from "./classes";
import { Collection } from "./collection";
import { readDrawings, writeDrawings } from "./folder";
import { learn, type Learned } from "./learn";
import { PadNetwork, type Guess } from "./network";
import { Newest } from "./newest";
import { checkOptions, type PadOptions } from "./options";
import { pictureOfExample, pictureOfFile, pictureOfStrokes, thumbnailOf } from "./picture";
import { doRequest } from "./requests";
import type { PadState } from "./state";
import { stillOfPad } from "./still";
import { packStrokes, unpackStrokes, type Stroke } from "./strokes";

export interface LearnResult extends Learned {
  /** What the drawing on the paper was taken for, and is now; null for an empty paper. */
  guesses: { before: Guess; after: Guess } | null;
}

const MOST_GUESSES = 12;

/** The widget that {@link drawingPad} makes. All that the page does can be called, with the same result. */
export class DrawingPad extends Widget<PadState> {
  private readonly network: PadNetwork;
  private readonly kept: Collection;
  private readonly examples?: Examples;
  private readonly seed: number;
  private readonly removed = new Set<string>();
  private readonly asksForClasses: boolean;
  private readonly newest = new Newest<void>(() => this.follow());
  private opened?: Promise<void>;
  private stopper?: AbortController;

  /** @param model Borrowed: the pad works with a copy of it. */
  constructor(model: tf.LayersModel, options: PadOptions = {}) {
    const { classes, ink, folder, examples, seed } = checkOptions(model, options);
    const network = new PadNetwork(model, classes, seed);
    const { height, width, channels } = network.input;
    super(
      {
        classes: network.classes,
        ink,
        strokes: new Float32Array(),
        asked: 0,
        answered: 0,
        guesses: [],
        isTaught: network.isTaught,
        seen: new Uint8Array(),
        size: [height, width, channels],
        label: network.classes[0],
        drawings: [],
        aside: 0,
        others: 0,
        busy: "",
        learning: null,
        folder,
        saved: 0,
        message: "",
        isProblem: false,
      },
      viewFiles("pad"),
    );
    this.network = network;
    this.kept = new Collection(network.input);
    this.examples = examples;
    this.seed = seed;
    this.asksForClasses = classes !== undefined;
    this.showKept();
    this.onChange("strokes", (_, { by }) => (by === "page" ? this.newest.take() : undefined));
    this.onMessage((content, buffers) => doRequest(this, content, buffers));
  }

  /** The network as it is now: taught by `learn`, as it came after `forget`. It is the pad's, until `dispose`;
   * `copyModel(pad.model)` is yours. */
  get model(): tf.LayersModel {
    return this.network.model;
  }

  /** The drawings that were kept, as examples; a copy.
   * @example const { train, heldOut } = split(pad.collected, { heldOut: 0.3, seed: 1 }); */
  get collected(): Examples {
    return this.kept.examples(this.network.classes);
  }

  /** Draws on the paper, in place of what is there.
   * @param strokes Each a list of `[x, y]` or `[x, y, pressure]`, 0…1 across and down.
   * @returns How sure the network is of each class, the most likely first; nothing for an empty paper.
   * @example await pad.draw([[[0.5, 0.1], [0.5, 0.9]]]); // a one */
  async draw(strokes: readonly Stroke[]): Promise<Guess[]> {
    await this.prepared();
    const packed = packStrokes(strokes);
    return await this.look(this.pictureOf(packed), { strokes: packed });
  }

  /** Shows a picture to the network in place of a drawing: an example of a set, or a file, an address or bytes.
   * @returns As `draw` does.
   * @example await pad.see(digits.test, 7); */
  async see(picture: Examples | PictureSource, index = 0): Promise<Guess[]> {
    await this.prepared();
    const { input } = this.network;
    const isExample = typeof picture === "object" && "images" in picture;
    const seen = isExample ? pictureOfExample(picture, index, input) : await pictureOfFile(picture, input);
    return await this.look(seen, { strokes: new Float32Array() });
  }

  /** Keeps what is on the paper under a label.
   * @throws Error where nothing is there, it is kept already, or the label is no class. */
  async add(label: string): Promise<void> {
    await this.prepared();
    const { classes } = this.network;
    if (!classes.includes(label))
      throw new Error(`Cannot keep a drawing as "${label}": the classes are ${classes.join(", ")}.`);
    const seen = this.get("seen");
    if (seen.length === 0)
      throw new Error("Cannot keep a drawing: the paper is empty. Draw something first.");
    this.kept.add(seen, label);
    this.hold(() => {
      this.set({ label });
      this.showKept();
    });
  }

  /** Draws, and keeps the drawing under a label: `draw` and `add`. */
  async teach(strokes: readonly Stroke[], label: string): Promise<void> {
    await this.draw(strokes);
    await this.add(label);
  }

  /** Removes a drawing that was kept; from the folder with the next `save`. */
  remove(id: string): void {
    this.kept.remove(id);
    this.removed.add(id);
    this.showKept();
  }

  /** Tells other classes apart. The network gets a new output layer for them, unless they are those that it came
   * with; drawings of other classes are put aside until their class is back. */
  async useClasses(names: readonly string[]): Promise<void> {
    await this.prepared();
    this.refuseWhileBusy("change the classes");
    const classes = checkClasses(names);
    this.network.useClasses(classes);
    await this.startAgain({ classes, label: classes[0] });
  }

  /** Fine-tunes with Option 1 on the drawings that were kept, from the parameters that the network came with: only a
   * new output layer is trained, so that it knows nothing but what is in the drawings (and in `examples`, where the
   * pad was given some). Then judges it by drawings that it had not learned from. Saves them where there is a folder.
   * @throws Error where there are drawings of less than two classes, and no other examples. */
  async learn(): Promise<LearnResult> {
    await this.prepared();
    this.refuseWhileBusy("learn");
    const drawings = this.collected;
    const others = this.othersToLearnFrom();
    if (drawings.count === 0 || (!others && new Set(drawings.labels).size < 2))
      throw new Error(
        `Cannot learn: it takes drawings of two classes or more. There are ${drawings.count}, of ${new Set(drawings.labels).size}.`,
      );
    this.stopper = new AbortController();
    const signal = AbortSignal.any([this.stopper.signal, interruptSignal()]);
    const { network, seed } = this;
    const [before] = this.get("guesses");
    try {
      const { model, learned } = await learn({
        drawings,
        others,
        fresh: () => network.fresh(),
        before: network.asItCame,
        seed,
        signal,
        tell: (busy) => this.set({ busy }),
      });
      network.take(model);
      const [after] = await this.lookAgain();
      const result = { ...learned, guesses: before && after ? { before, after } : null };
      this.showLearned(result);
      if (this.get("folder")) await this.save();
      return result;
    } finally {
      this.stopper = undefined;
      this.set({ busy: "" });
    }
  }

  /** Ends `learn` at the next step: what was learned so far counts. */
  stop(): void {
    this.stopper?.abort();
  }

  /** Goes back to the network as it came. The drawings stay. */
  async forget(): Promise<void> {
    this.refuseWhileBusy("forget");
    this.network.forget();
    await this.startAgain({});
  }

  /** Writes the drawings into a folder, one folder for each class in it, as `imageFolder` reads them. What else is
   * there stays.
   * @param folder The pad's own where it isn't named; from now on it is.
   * @returns Its path.
   * @throws Error where it can't be written. */
  async save(folder = this.get("folder")): Promise<string> {
    await this.prepared();
    if (folder.trim() === "") throw new Error("Cannot save the drawings: name a folder.");
    const { input, classes } = this.network;
    const { all } = this.kept;
    const path = await writeDrawings(folder.trim(), all, { classes, input, removed: this.removed });
    this.set({ folder: folder.trim(), saved: all.length });
    return path;
  }

  override async show(): Promise<void> {
    await this.prepared();
    await super.show();
  }

  override still(): Still {
    return stillOfPad(this.state);
  }

  /** Takes the pad off all pages and disposes its network. */
  dispose(): void {
    this.stop();
    this.close();
    this.network.dispose();
  }

  /** Tells the reader something in the widget. */
  tell(message: string, isProblem = false): void {
    this.set({ message, isProblem });
  }

  /** Reads the folder, once. */
  private prepared(): Promise<void> {
    return (this.opened ??= this.readFolder());
  }

  private async readFolder(): Promise<void> {
    const folder = this.get("folder");
    if (!folder) return;
    const { classes, drawings, bad } = await readDrawings(folder, this.network.input);
    this.kept.take(drawings);
    if (classes && !this.asksForClasses && classes.join("/") !== this.network.classes.join("/")) {
      this.network.useClasses(classes);
      this.set({ classes, label: classes[0], isTaught: this.network.isTaught });
    }
    this.set({ saved: drawings.length });
    this.showKept();
    if (bad.length > 0) this.tell(`${bad.length} of the drawings can't be read, such as ${bad[0]}.`, true);
  }

  /** Answers the drawing that the page sent last. */
  private async follow(): Promise<void> {
    const began = performance.now();
    const answered = this.get("asked");
    try {
      await this.look(this.pictureOf(this.get("strokes")), { answered });
    } catch (error) {
      this.tell((error as Error).message, true);
    }
    this.send({ answered, ms: performance.now() - began });
  }

  private pictureOf(packed: Float32Array): Uint8Array | undefined {
    return pictureOfStrokes(unpackStrokes(packed), this.get("ink"), this.network.input);
  }

  private async look(picture: Uint8Array | undefined, changes: Partial<PadState> = {}): Promise<Guess[]> {
    const guesses = picture ? await this.network.guesses(picture) : [];
    const seen = picture ?? new Uint8Array();
    this.set({ ...changes, seen, guesses: guesses.slice(0, MOST_GUESSES) });
    return guesses;
  }

  private lookAgain(): Promise<Guess[]> {
    const seen = this.get("seen");
    this.set({ isTaught: this.network.isTaught });
    return this.look(seen.length > 0 ? seen : undefined);
  }

  private async startAgain(changes: Partial<PadState>): Promise<void> {
    this.set({ ...changes, learning: null });
    this.showKept();
    await this.lookAgain();
  }

  private showKept(): void {
    const { classes, input } = this.network;
    const known = new Map(this.get("drawings").map((drawing) => [drawing.id, drawing.pixels]));
    const here = this.kept.of(classes);
    const drawings = here.map(({ id, label, picture }) => {
      return { id, label, pixels: known.get(id) ?? thumbnailOf(picture, input) };
    });
    const others = this.othersToLearnFrom()?.count ?? 0;
    this.set({ drawings, others, aside: this.kept.all.length - here.length });
  }

  private showLearned({ drawings, before, after, rounds, history, guesses, seconds }: LearnResult): void {
    const learning = { drawings, before, after, rounds, stopped: history.stopped, guesses };
    this.set({ learning });
    this.send({ seconds });
  }

  private othersToLearnFrom(): Examples | undefined {
    const { classes } = this.network;
    const { examples } = this;
    const fit =
      examples?.classes.length === classes.length && classes.every((n, i) => n === examples.classes[i]);
    return fit ? examples : undefined;
  }

  private refuseWhileBusy(what: string): void {
    if (this.stopper) throw new Error(`Cannot ${what} while the network is learning: stop it first.`);
  }
}
