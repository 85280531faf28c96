// Where Jupyter of this checkout reads and writes: never the person's own configuration.
import { join } from "node:path";
import { kept, venv } from "./paths.mjs";
import { pythonEnv } from "./python.mjs";

/** The environment for Jupyter, nbclient and their kernels. */
export function jupyterEnv(env = process.env) {
  const jupyter = join(kept, "jupyter");
  return {
    ...pythonEnv(env),
    VIRTUAL_ENV: venv,
    JUPYTER_PATH: join(venv, "share", "jupyter"),
    JUPYTER_CONFIG_PATH: join(venv, "etc", "jupyter"),
    JUPYTER_CONFIG_DIR: join(jupyter, "config"),
    JUPYTER_DATA_DIR: join(jupyter, "data"),
    JUPYTER_RUNTIME_DIR: join(jupyter, "runtime"),
    JUPYTER_PREFER_ENV_PATH: "1",
    JUPYTERLAB_SETTINGS_DIR: join(jupyter, "settings"),
    JUPYTERLAB_WORKSPACES_DIR: join(jupyter, "workspaces"),
    IPYTHONDIR: join(venv, "etc", "ipython"),
    // Large pages for tensors, which the C library asks for only where it was told to before it started.
    ...(process.platform === "linux" && { GLIBC_TUNABLES: env.GLIBC_TUNABLES ?? "glibc.malloc.hugetlb=1" }),
  };
}
