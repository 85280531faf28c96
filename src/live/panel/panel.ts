import {
  detectorCensus,
  freeze,
  parametersOf,
  pick,
  readCard,
  sample,
  setCard,
  weightedLayers,
  type Dataset,
  type Examples,
  type tf,
} from "../../helpers";
import { withProgress } from "../../helpers/report";
import { interruptSignal } from "../kernel";
import { viewFiles, Widget, type Still } from "../widget";
import { checkData, checkPanelOptions } from "./check";
import { choicesFor, largestSample, spread } from "./choices";
import { multiplyAddsOf } from "./cost";
import { curveOf } from "./curve";
import { Origin } from "./origin";
import { rowsOf, withCensus } from "./rows";
import { asFreeze, checkSettings, codeOf, frozenBy, frozenNow } from "./settings";
import type { FreezeChange, PanelRun, PanelSettings, PanelState, StepCost } from "./state";
import { stillOf } from "./still";
import { wordsOf } from "./words";
import { BATCH_SIZE, trainOnce, type Trained, type Watcher } from "./train-once";

export interface FreezePanelOptions {
  /** Draws the examples, and orders them. */
  seed: number;
  /** Whether to find out what the units of convolutions detect, when the panel is shown: seconds for a small
   * network. True where it is left out. */
  census?: boolean;
  /** How many test examples accuracy is measured on at most; 1,000. */
  testExamples?: number;
}

/** The page is told of the training at most so often. */
const TELL_EVERY_MS = 100;

/** A panel to freeze layers by hand: each layer has a switch, buttons train, stop and reset, and all settings that were
 * tried can be compared. Switches that are changed while it trains count from the next step.
 *
 * Every training begins with the parameters that the model has now, unless it is told to continue, so that settings
 * can be compared. Outside of a notebook the panel is an object like any other: call `run`.
 *
 * @param model Borrowed, and changed in place: its freezing, parameters and card.
 * @param data Borrowed; examples are drawn from `train`, and `test` is never trained on.
 * @throws Error where the data don't fit the model; RangeError for options out of range.
 * @example
 * const target = replaceHead(source, { classes: digits.classes, seed: 2 });
 * const panel = freezePanel(target, digits, { seed: 1 });
 * await panel.show(); */
export function freezePanel(model: tf.LayersModel, data: Dataset, options: FreezePanelOptions): FreezePanel {
  return new FreezePanel(model, data, options);
}

/** What {@link freezePanel} makes. */
export class FreezePanel extends Widget<PanelState> {
  private readonly origin: Origin;
  private readonly test: Examples;
  /** The largest balanced sample. */
  private readonly most: number;
  /** How long a step took, by what was frozen and how many examples it had. */
  private readonly stepMs = new Map<string, number>();
  private controller?: AbortController;
  private work?: Promise<PanelRun>;
  private censusTaken = false;
  /** What is to be frozen after the step on its way. */
  private wish?: string[];

  constructor(
    private readonly network: tf.LayersModel,
    private readonly data: Dataset,
    private readonly options: FreezePanelOptions,
  ) {
    checkData(network, data);
    checkPanelOptions(options);
    const most = largestSample(data.train);
    const test = pick(data.test, spread(data.test.count, options.testExamples ?? 1000));
    const state = firstState(network, data, { most, testExamples: test.count });
    super(state, { ...viewFiles("panel"), layout: { width: "100%", max_width: "900px" } });
    this.origin = new Origin(network);
    this.most = most;
    this.test = test;
    this.reckon();
    this.onChange("frozen", (frozen, { before }) => this.refreeze(frozen, before));
    this.onChange("examples", () => this.reckon());
    this.onMessage((content) => this.told(content));
  }

  /** Trains as it is told, and tests on examples that no step trained on. The panel shows it; the same settings give
   * the same as by hand.
   * @returns Plain values. A training that was stopped says so.
   * @throws RangeError or TypeError for settings that are not allowed; Error where the panel is training, or the loss
   *   becomes NaN.
   * @example
   * const { testAccuracy } = await panel.run({ freeze: "all-but-head", examples: 50, learningRate: 0.003, steps: 100 }); */
  async run(settings: PanelSettings): Promise<PanelRun> {
    this.checkFree("run");
    checkSettings(settings, this.most);
    const frozen = frozenBy(this.network, settings.freeze);
    const then = (settings.then ?? []).map((change) => ({ ...change, freeze: this.short(change.freeze) }));
    const { examples, learningRate, steps, continue: continues = false } = settings;
    this.set({ frozen, examples, learningRate, steps, continues });
    return await this.begin(then);
  }

  /** What to freeze so that only some rows of the panel train, each with the batch norm that belongs to it.
   * @param rows Their names, such as `"conv4"`.
   * @returns The names of all other layers with parameters.
   * @throws RangeError for a name that no row has.
   * @example
   * await panel.run({ freeze: panel.allBut("conv4"), examples: 50, learningRate: 0.003, steps: 100 }); */
  allBut(...rows: string[]): string[] {
    const known = this.get("rows");
    const unknown = rows.find((name) => !known.some((row) => row.name === name));
    if (unknown !== undefined)
      throw new RangeError(
        `Cannot freeze all but "${unknown}": the panel's rows are ${known.map(({ name }) => `"${name}"`).join(", ")}.`,
      );
    return known.filter(({ name }) => !rows.includes(name)).flatMap(({ layers }) => layers);
  }

  /** Ends a training at the next batch, and waits for its end. The model stays usable. */
  async stop(): Promise<void> {
    this.controller?.abort();
    await this.work?.catch(() => {}); // whoever began it is told
  }

  /** Puts the parameters back to those that the panel was made with. What is frozen and what was tried stay. */
  async reset(): Promise<void> {
    await this.stop();
    this.origin.restore();
    this.set({ curve: [], tests: [], message: "The parameters are as they were when the panel was made." });
  }

  /** Shows the panel, the first time with what its units detect. */
  override async show(): Promise<void> {
    await this.takeCensus();
    await super.show();
  }

  override still(): Promise<Still> {
    return stillOf(this.state);
  }

  private told(content: unknown): void | Promise<void> {
    const { action } = (content ?? {}) as { action?: string };
    if (action === "train") return this.trainFromPage();
    if (action === "stop") return void this.controller?.abort();
    if (action === "reset") return this.reset();
    throw new Error(
      `Cannot do ${JSON.stringify(action)} for the page: the panel can "train", "stop" and "reset".`,
    );
  }

  private async trainFromPage(): Promise<void> {
    try {
      this.checkFree("train");
      const { frozen, examples, learningRate, steps } = this.state;
      checkSettings({ freeze: frozen, examples, learningRate, steps }, this.most);
      await this.begin([]);
    } catch (error) {
      this.set({ message: (error as Error).message });
    }
  }

  private checkFree(action: string): void {
    if (this.get("status") !== "ready")
      throw new Error(
        `Cannot ${action}: the panel is ${this.get("status")}. Stop it first: await panel.stop().`,
      );
  }

  private begin(then: readonly FreezeChange[]): Promise<PanelRun> {
    this.work = this.trainAndTell(then);
    return this.work;
  }

  private async trainAndTell(then: readonly FreezeChange[]): Promise<PanelRun> {
    const { frozen, examples, learningRate, steps, continues } = this.state;
    const { seed } = this.options;
    this.controller = new AbortController();
    const signal = AbortSignal.any([this.controller.signal, interruptSignal()]);
    this.wish = undefined;
    this.set({ status: "training", curve: [], tests: [], curveSteps: steps, message: "" });
    try {
      if (!continues) this.origin.restore();
      freeze(this.network, asFreeze(this.network, frozen));
      const few = sample(this.data.train, { size: examples, seed });
      const options = { learningRate, steps, then, seed, signal };
      const trained = await trainOnce(
        this.network,
        { examples: few, test: this.test },
        options,
        this.watcher(),
      );
      const settings: PanelSettings = {
        freeze: this.short(frozen),
        examples,
        learningRate,
        steps,
        ...(continues && { continue: true }),
        ...(trained.changes.length > 0 && { then: trained.changes }),
      };
      return this.note(trained, settings, frozen);
    } finally {
      this.controller = undefined;
      this.set({ status: "ready" });
      this.applyWish();
    }
  }

  private watcher(): Watcher {
    let toldAt = -Infinity;
    return {
      onStep: (steps) => {
        const now = performance.now();
        if (now - toldAt >= TELL_EVERY_MS) {
          toldAt = now;
          this.set({ curve: curveOf(steps) });
        }
        return this.takeWish();
      },
      onFreeze: () => this.set({ frozen: frozenNow(this.network) }),
      onTest: (point) => this.set({ tests: [...this.get("tests"), point] }),
      onEnd: () => this.set({ status: "testing" }),
    };
  }

  /** Keeps what came of a training. */
  private note(trained: Trained, settings: PanelSettings, frozen: string[]): PanelRun {
    const { history, evaluation, trainable, seconds, stepMs } = trained;
    const { accuracy, low, high } = evaluation;
    const curve = curveOf(history.steps);
    const last = curve.at(-1);
    const run: PanelRun = {
      settings,
      code: codeOf(settings),
      frozen,
      inWords: wordsOf(this.get("rows"), frozen, settings),
      trainable,
      total: this.get("total"),
      loss: last?.loss ?? NaN,
      trainAccuracy: last?.accuracy ?? NaN,
      testAccuracy: accuracy,
      low,
      high,
      stepsDone: history.steps.length,
      stopped: history.stopped,
      seconds,
    };
    if (!last) return run; // stopped before its first step
    const timed = process.env.TRANSFER_LAB_HEADLESS !== "1";
    if (timed && Number.isFinite(stepMs)) this.stepMs.set(this.costKey(), stepMs);
    this.writeCard(run);
    const message = run.stopped ? `Stopped after ${run.stepsDone} of ${settings.steps} steps.` : "";
    const shown = { ...run, seconds: timed ? seconds : null };
    this.set({ curve, history: [...this.get("history"), shown], message, cost: this.cost() });
    return run;
  }

  private writeCard({ settings, testAccuracy, low, high }: PanelRun): void {
    const card = readCard(this.network);
    if (!card) return;
    const { name } = this.data;
    setCard(this.network, {
      trainedOn: [...card.trainedOn, { set: name, examples: settings.examples, how: "freeze panel" }],
      seed: this.options.seed,
      accuracy: { value: testAccuracy, low, high, count: this.test.count, on: name },
      temperature: undefined, // was that of the old parameters
    });
  }

  /** Freezes what the switches say: at once, or after the step on its way. */
  private refreeze(wanted: string[], before: string[]): void {
    let frozen: string[];
    try {
      frozen = frozenBy(this.network, wanted);
    } catch (error) {
      this.set({ frozen: before, message: (error as Error).message });
      return;
    }
    if (this.get("status") === "ready") freeze(this.network, asFreeze(this.network, frozen));
    else if (frozen.join() !== frozenNow(this.network).join()) this.wish = frozen;
    else this.wish = undefined;
    this.reckon();
  }

  private takeWish(): PanelSettings["freeze"] | undefined {
    const { wish } = this;
    this.wish = undefined;
    return wish && asFreeze(this.network, wish);
  }

  private applyWish(): void {
    const wish = this.takeWish();
    if (wish !== undefined) freeze(this.network, wish);
  }

  private short(what: PanelSettings["freeze"]): PanelSettings["freeze"] {
    return asFreeze(this.network, frozenBy(this.network, what));
  }

  private reckon(): void {
    const frozen = new Set(this.get("frozen"));
    const trainable = weightedLayers(this.network)
      .filter(({ name }) => !frozen.has(name))
      .reduce((sum, { layer }) => sum + parametersOf(layer), 0);
    this.set({ trainable, cost: this.cost() });
  }

  private cost(): StepCost {
    const batch = Math.min(BATCH_SIZE, this.get("examples"));
    return {
      multiplyAdds: multiplyAddsOf(this.network, new Set(this.get("frozen")), batch),
      most: multiplyAddsOf(this.network, new Set(), batch),
      stepMs: this.stepMs.get(this.costKey()) ?? null,
    };
  }

  private costKey(): string {
    return JSON.stringify([this.get("frozen"), Math.min(BATCH_SIZE, this.get("examples"))]);
  }

  private async takeCensus(): Promise<void> {
    if (this.censusTaken || this.options.census === false) return;
    this.censusTaken = true;
    try {
      const options = { controls: 1, input: this.data.input };
      const census = await withProgress(
        () => {},
        () => detectorCensus(this.network, options),
      );
      this.set({ rows: withCensus(this.get("rows"), census) });
    } catch {
      // A network without convolutions, or on other channels than one or three: the column stays empty.
    }
  }
}

function firstState(
  model: tf.LayersModel,
  { classes }: Dataset,
  { most, testExamples }: { most: number; testExamples: number },
): PanelState {
  const rows = rowsOf(model, classes);
  const total = rows.reduce((sum, { parameters }) => sum + parameters, 0);
  return {
    frozen: frozenNow(model),
    examples: Math.min(50, most),
    learningRate: 3e-3,
    steps: 100,
    continues: false,
    rows,
    choices: choicesFor(most),
    status: "ready",
    trainable: total,
    total,
    cost: { multiplyAdds: 0, most: 0, stepMs: null },
    curve: [],
    curveSteps: 100,
    tests: [],
    testExamples,
    history: [],
    message: "",
  };
}
