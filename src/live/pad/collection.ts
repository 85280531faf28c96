/** The drawings that were kept, each under its label. Plain values. */
import { createHash } from "node:crypto";
import type { Examples, InputSpec } from "../../helpers";
import { examplesOf } from "./picture";

/** A drawing that was kept. */
export interface Drawing {
  /** Tells what is drawn: the same picture has the same. */
  id: string;
  label: string;
  /** What the network sees, `[height, width, channels]`, 0…255. */
  picture: Uint8Array;
}

export class Collection {
  private drawings: Drawing[] = [];

  constructor(private readonly input: InputSpec) {}

  get all(): readonly Drawing[] {
    return this.drawings;
  }

  /** Keeps a picture.
   * @throws Error where it is kept already: a copy would be judged by a network that has seen it. */
  add(picture: Uint8Array, label: string): Drawing {
    const id = createHash("sha256").update(picture).digest("hex").slice(0, 12);
    const same = this.drawings.find((drawing) => drawing.id === id);
    if (same)
      throw new Error(`Cannot keep this drawing: it is kept already, as "${same.label}". Draw another one.`);
    const drawing = { id, label, picture: picture.slice() };
    this.drawings.push(drawing);
    return drawing;
  }

  /** Takes over drawings that were kept before, but for those that are here. */
  take(drawings: readonly Drawing[]): void {
    const known = new Set(this.drawings.map(({ id }) => id));
    this.drawings.push(...drawings.filter(({ id }) => !known.has(id)));
  }

  /** @throws Error where there is no such drawing. */
  remove(id: string): void {
    const at = this.drawings.findIndex((drawing) => drawing.id === id);
    if (at < 0)
      throw new Error(`Cannot remove drawing "${id}": it is not among the ${this.drawings.length}.`);
    this.drawings.splice(at, 1);
  }

  /** Those of some classes, in the order they were kept; the others are put aside. */
  of(classes: readonly string[]): Drawing[] {
    return this.drawings.filter(({ label }) => classes.includes(label));
  }

  /** The same as examples that the network takes. */
  examples(classes: string[]): Examples {
    const drawings = this.of(classes);
    const labels = drawings.map(({ label }) => classes.indexOf(label));
    const pictures = drawings.map(({ picture }) => picture);
    return examplesOf(pictures, labels, { classes, input: this.input });
  }
}
