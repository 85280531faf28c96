/** A widget to look into a network: unit by unit, and place by place of a photograph. */
import { setTimeout as pause } from "node:timers/promises";
import type { Examples, tf } from "../../helpers";
import { withProgress } from "../../helpers/report";
import { interruptSignal } from "../kernel";
import { viewFiles, Widget, type Still } from "../widget";
import type { ExplorerState, PlaceLook, UnitLook } from "./state";
import { stillOfExplorer } from "./still";
import { Views } from "./views";

export interface FilterExplorerOptions {
  /** The layer to begin with; the first. */
  layer?: string;
  /** The unit to begin with; 0. */
  unit?: number;
  /** How many patches for each unit; 9. */
  patches?: number;
}

/** A unit of a layer. */
export interface UnitPlace {
  layer: string;
  unit: number;
}

/** A place of a photograph, in px from its upper left corner. */
export interface PhotoPlace {
  image: number;
  x: number;
  y: number;
}

/** How long a unit has to stay chosen before what takes long is begun. */
const SETTLED_MS = 250;

/** See {@link filterExplorer}. */
export class FilterExplorer extends Widget<ExplorerState> {
  private readonly views: Views;
  private asked = 0;
  private pointed = 0;
  private costly = new AbortController();
  /** Of the layer that is looked through for patches. */
  private search = { layer: "", controller: new AbortController() };

  constructor(network: tf.LayersModel, photos: Examples, options: FilterExplorerOptions = {}) {
    if (!(photos?.count > 0))
      throw new RangeError(
        `Cannot explore filters: it takes photographs. Received: ${photos?.count ?? "none"}.`,
      );
    const views = new Views(network, photos, options.patches ?? 9);
    if (views.layers.length === 0)
      throw new Error(`Cannot explore "${network.name}": it has no convolution and no dense layer.`);
    const { layer = views.layers[0].name, unit = 0 } = options;
    views.unit(layer, unit);
    super(
      {
        layers: views.layers.map(({ name, units }) => ({ name, units })),
        ...{ layer, unit, images: photos.count, image: 0, place: null },
        ...{ thumbs: null, look: null, photo: views.photo(0), map: null, at: null },
        ...{ stopped: false, busy: "", message: "" },
      },
      viewFiles("explorer"),
    );
    this.views = views;
    this.onChange("layer", (_, { by }) => (by === "page" ? this.chosen() : undefined));
    this.onChange("unit", (_, { by }) => (by === "page" ? this.chosen() : undefined));
    this.onChange("image", (_, { by }) => (by === "page" ? this.guard(() => this.photograph()) : undefined));
    this.onChange("place", (_, { by }) => (by === "page" ? this.guard(() => this.point()) : undefined));
    this.onMessage((content) => (content === "go on" ? this.chosen() : undefined));
  }

  /** All that can be seen of one unit; the widget shows it, too.
   * @returns Plain values.
   * @throws RangeError where there is no such unit.
   * @example
   * const { tuning, patches } = await explorer.look({ layer: "conv2", unit: 7 }); */
  async look({ layer, unit }: UnitPlace): Promise<UnitLook> {
    this.views.unit(layer, unit);
    this.costly.abort();
    this.set({ layer, unit });
    const ticket = ++this.asked;
    await this.soon(ticket);
    await this.late(ticket, new AbortController().signal);
    return this.get("look")!;
  }

  /** The units of the chosen layer that answer most at a place of a photograph; the widget shows it, too.
   * @returns Plain values.
   * @throws RangeError where there is no such place.
   * @example
   * const { answers } = await explorer.at({ image: 3, x: 16, y: 10 }); */
  async at({ image, x, y }: PhotoPlace): Promise<PlaceLook> {
    this.views.photo(image);
    const at = await quietly(() => this.views.at(this.get("layer"), image, x, y));
    this.set({ image, place: { x, y } });
    await this.photograph();
    this.set({ at });
    return at;
  }

  override async still(): Promise<Still> {
    if (!this.get("look")) await this.soon(++this.asked);
    return stillOfExplorer(this.state);
  }

  override async show(): Promise<void> {
    const { layer, unit } = this.state;
    if (process.env.TRANSFER_LAB_HEADLESS === "1") await this.look({ layer, unit }); // saved notebooks hold it all
    await super.show();
    const { look } = this.state;
    if (look && !look.preferred) void this.chosen();
  }

  /** The page chose another layer or unit: what is known soon comes at once, the rest when the reader stays. */
  private chosen(): Promise<void> {
    this.costly.abort();
    const { signal } = (this.costly = new AbortController());
    const ticket = ++this.asked;
    return this.guard(async () => {
      const { layer, unit } = this.state;
      const { units } = this.views.layer(layer);
      if (unit >= units) this.set({ unit: units - 1 });
      await this.soon(ticket);
      await pause(SETTLED_MS, undefined, { signal });
      await this.late(ticket, signal);
    });
  }

  private async soon(ticket: number): Promise<void> {
    const { layer, unit, image, place } = this.state;
    const views = this.views;
    const signal = this.searching(layer);
    const [look, sheet, map] = await this.telling(async () => [
      await views.look(layer, unit, signal),
      await views.thumbs(layer, signal),
      await views.map(layer, unit, image),
    ]);
    const at = place && (await quietly(() => views.at(layer, image, place.x, place.y)));
    if (ticket !== this.asked) return;
    const known = this.get("thumbs")?.layer === layer ? {} : { thumbs: { layer, sheet } };
    this.set({ look, map, at, ...known, stopped: false, busy: "", message: "" });
  }

  /** What ends the search in one layer: the choice of another, or an interrupt. */
  private searching(layer: string): AbortSignal {
    if (this.search.layer !== layer) {
      this.search.controller.abort();
      this.search = { layer, controller: new AbortController() };
    }
    return AbortSignal.any([this.search.controller.signal, interruptSignal()]);
  }

  private async late(ticket: number, newer: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([newer, interruptSignal()]);
    const { layer, unit } = this.state;
    const add = (more: Partial<UnitLook>): void => {
      const look = this.get("look");
      if (ticket === this.asked && look) this.set({ look: { ...look, ...more } });
    };
    try {
      await this.telling(async () => {
        add({ tuning: await this.views.tuning(layer, unit, signal) });
        signal.throwIfAborted();
        add({ preferred: await this.views.preferredBy(layer, unit, signal) });
      });
    } finally {
      const look = this.get("look");
      const stopped = look !== null && look.preferred === null && !newer.aborted;
      if (ticket === this.asked) this.set({ busy: "", stopped });
    }
  }

  private async photograph(): Promise<void> {
    const { layer, unit, image } = this.state;
    const photo = this.views.photo(image);
    const map = await quietly(() => this.views.map(layer, unit, image));
    if (image === this.get("image")) this.set({ photo, map, message: "" });
    if (this.get("place")) await this.point();
  }

  private async point(): Promise<void> {
    const ticket = ++this.pointed;
    const { layer, image, place } = this.state;
    const at = place && (await quietly(() => this.views.at(layer, image, place.x, place.y)));
    if (ticket === this.pointed) this.set({ at });
  }

  /** Does some work whose progress the widget shows. */
  private telling<Result>(work: () => Promise<Result>): Promise<Result> {
    let last = 0;
    return withProgress(({ task, done, total }) => {
      if (Date.now() - last < 100) return;
      last = Date.now();
      this.set({ busy: total ? `${task}: ${Math.floor((100 * done) / total)} %` : task });
    }, work);
  }

  /** What goes wrong is said in the widget; what was stopped for something newer is nothing wrong. */
  private async guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const { name, message } = error as Error;
      if (name !== "AbortError") return this.set({ message, busy: "" });
      // Of what takes long the view says itself that it was stopped.
      if (interruptSignal().aborted && !this.get("stopped"))
        this.set({ message: "Stopped: choose the unit again to go on.", busy: "" });
    }
  }
}

function quietly<Result>(work: () => Result): Result {
  return withProgress(() => {}, work);
}

/** A widget to look into a network. The reader chooses a layer and a unit and sees its kernel, what it answers to
 * (its tuning), the patches of photographs that excite it most, and the image that it would like most; pointing at a
 * photograph shows which units answer there, and a map where the chosen one does.
 * @param model Borrowed, as long as the widget is used. What was seen is kept: after training, make another.
 * @param images Photographs as the model takes them, of any number: patches are sought in as many, evenly taken, as
 * have 5 megapixels together, and the widget says so.
 * @throws RangeError where there are no photographs, or no such unit; Error where the model has no layer to look at.
 * @see Olah et al. (2018), The building blocks of interpretability, Distill.
 * @example
 * const explorer = filterExplorer(source, photos.test, { layer: "conv2" });
 * await explorer.show(); */
export function filterExplorer(
  model: tf.LayersModel,
  images: Examples,
  options: FilterExplorerOptions = {},
): FilterExplorer {
  return new FilterExplorer(model, images, options);
}
