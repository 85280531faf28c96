/** All models that pages know: a page that is opened or loaded again asks for them, and a saved notebook holds them. */
import type { Comms } from "../kernel";
import { takeBuffers, type Path } from "./buffers";
import type { Model } from "./model";

const CONTROL_TARGET = "jupyter.widget.control";

const models = new Map<string, Model>();
const controlled = new WeakSet<Comms>();

/** Makes a model known to all pages, now and later. */
export function openModel(model: Model, comms: Comms): void {
  models.set(model.id, model);
  if (!controlled.has(comms)) answerControl(comms);
  controlled.add(comms);
  model.open(comms);
}

/** The models of a saved notebook. */
export interface SavedWidgets {
  version_major: 2;
  version_minor: 0;
  state: Record<string, SavedModel>;
}

interface SavedModel {
  model_name: unknown;
  model_module: unknown;
  model_module_version: unknown;
  state: Record<string, unknown>;
  buffers?: { encoding: "base64"; path: Path; data: string }[];
}

/** The state of all widgets that were shown, in the form of a notebook's
 * `metadata.widgets["application/vnd.jupyter.widget-state+json"]`: a page without a kernel draws them from it. */
export function savedWidgets(): SavedWidgets {
  const saved = openModels().map((model) => {
    const { state, paths, buffers } = takeBuffers(model.all);
    const encoded = buffers.map((bytes, i) => ({
      encoding: "base64" as const,
      path: paths[i],
      data: Buffer.from(bytes).toString("base64"),
    }));
    const entry: SavedModel = { ...kindOf(model), state };
    return [model.id, encoded.length > 0 ? { ...entry, buffers: encoded } : entry] as const;
  });
  return { version_major: 2, version_minor: 0, state: Object.fromEntries(saved) };
}

function openModels(): Model[] {
  for (const [id, model] of models) if (!model.isOpen) models.delete(id);
  return [...models.values()];
}

function kindOf({ all }: Model): Omit<SavedModel, "state"> {
  return {
    model_name: all._model_name,
    model_module: all._model_module,
    model_module_version: all._model_module_version,
  };
}

function answerControl(comms: Comms): void {
  comms.register(CONTROL_TARGET, (comm) =>
    comm.onMessage(({ data: { method } }) => {
      if (method !== "request_states")
        throw new Error(`Cannot handle the control message "${String(method)}": request_states is known.`);
      const entries = openModels().map((model) => [model.id, { ...kindOf(model), state: model.all }]);
      const { state: states, paths, buffers } = takeBuffers(Object.fromEntries(entries));
      comm.send({ method: "update_states", states, buffer_paths: paths }, { buffers });
    }),
  );
}
