/** The fields by which Jupyter's widget manager finds the code of a model and of its view. */

/** The anywidget that the page has: scripts/requirements.in names its version. */
const ANYWIDGET = "~0.11.*";

/** Whether a name is one of Jupyter's own. */
export function reserved(name: string): boolean {
  return name.startsWith("_") || ["layout", "tabbable", "tooltip"].includes(name);
}

/** What all widgets have in common; `layout` is the id of the model of the box. */
export function viewFields(name: string, layout: string): Record<string, unknown> {
  return {
    ...kind("anywidget", ANYWIDGET, "AnyModel", "AnyView"),
    _anywidget_id: `transfer-lab.${name}`,
    _dom_classes: [],
    layout: `IPY_MODEL_${layout}`,
    tabbable: null,
    tooltip: null,
  };
}

/** The model of a widget's box. */
export function layoutFields(layout: Record<string, string>): Record<string, unknown> {
  return { ...kind("@jupyter-widgets/base", "2.0.0", "LayoutModel", "LayoutView"), ...layout };
}

function kind(module: string, version: string, model: string, view: string): Record<string, unknown> {
  return {
    _model_module: module,
    _model_module_version: version,
    _model_name: model,
    _view_module: module,
    _view_module_version: version,
    _view_name: view,
    _view_count: null,
  };
}
