// Where things are in this checkout. Like all of set-up, it uses nothing but Node.
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const windows = process.platform === "win32";

/** The checkout. */
export const root = resolve(fileURLToPath(new URL("../..", import.meta.url)));
/** What set-up keeps outside node_modules, so that a second `npm ci` costs nothing; ignored by git. */
export const kept = join(root, ".setup");
export const modules = join(root, "node_modules");
export const tfjsNode = join(modules, "@tensorflow", "tfjs-node");
export const addon = join(tfjsNode, "lib", "napi-v8", "tfjs_binding.node");
export const dist = join(root, "dist");
export const venv = join(root, ".venv");
export const python = join(venv, ...(windows ? ["Scripts", "python.exe"] : ["bin", "python"]));
export const requirements = join(root, "scripts", "requirements.txt");
export const kernelFolder = join(venv, "share", "jupyter", "kernels", "tslab");
