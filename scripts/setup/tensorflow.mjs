// TensorFlow's libraries and the headers to build against, out of its wheel on PyPI; nothing of its Python is used.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { kept, python, root } from "./paths.mjs";
import { pipPatience, pythonEnv } from "./python.mjs";
import { downloadRemedy, mustRun, SetupError } from "./run.mjs";

export const version = "2.21.0";

/** One wheel for each system; for which Python it was made doesn't matter. */
export const wheels = {
  "linux-x64": {
    project: "tensorflow-cpu",
    platform: "manylinux_2_27_x86_64",
    sha256: "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c",
  },
  "linux-arm64": {
    project: "tensorflow",
    platform: "manylinux_2_27_aarch64",
    sha256: "4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c",
  },
  "darwin-arm64": {
    project: "tensorflow",
    platform: "macosx_12_0_arm64",
    sha256: "51f46f4806139d01fc7920cc72a4c75876f80649bf40ff083ab6212ceb43ca88",
  },
};
export const system = `${process.platform}-${process.arch}`;
/** The names of the two libraries. */
export const libraries = ["tensorflow_cc", "tensorflow_framework"].map((name) =>
  process.platform === "darwin" ? `lib${name}.2.dylib` : `lib${name}.so.2`,
);
const headers = ["tensorflow/c", "tensorflow/core/platform", "tsl/platform", "xla/tsl/c", "absl"];

/** The folder with the libraries and, in `include`, the headers. */
export const library = join(kept, `tensorflow-${version}-${system}`);

export function libraryIsThere() {
  return libraries.every((name) => existsSync(join(library, name)));
}

/** Downloads the wheel and unpacks what is needed of it. */
export async function fetchLibrary(note) {
  const { project, platform, sha256 } = wheels[system];
  mkdirSync(kept, { recursive: true });
  const { bavail, bsize } = statfsSync(kept);
  if (bavail * bsize < 1.3e9)
    throw new SetupError(
      "TensorFlow's libraries do not fit.",
      `They need 1.3 GB while they are unpacked; ${(Number(bavail * bsize) / 1e9).toFixed(1)} GB are free in ${kept}.`,
      "Free some space and run the command again.",
    );
  const work = join(kept, "download");
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work);
  try {
    const wanted = join(work, "wheel.txt");
    writeFileSync(wanted, `${project}==${version} --hash=sha256:${sha256}\n`);
    note("downloading TensorFlow (200 MB)");
    const what = ["--no-deps", "--only-binary=:all:", "--python-version", "3.11", "--platform", platform];
    await mustRun(
      "TensorFlow's libraries could not be downloaded.",
      python,
      ["-m", "pip", "download", ...what, ...pipPatience, "--require-hashes", "-r", wanted, "-d", work],
      {
        env: pythonEnv(),
        timeoutMs: 30 * 60_000,
        onLine: note,
        remedy: downloadRemedy("PyPI", "Read the reason above and run the command again."),
      },
    );
    note("unpacking");
    const part = join(work, "unpacked");
    const wheel = join(work, `${project.replace("-", "_")}-${version}-cp311-cp311-${platform}.whl`);
    const members = [...headers.map((name) => `include/${name}/`), ...libraries];
    const script = join(root, "scripts", "setup", "unpack.py");
    await mustRun(
      "TensorFlow's libraries could not be unpacked.",
      python,
      [script, wheel, part, ...members.map((name) => `tensorflow/${name}`)],
      { timeoutMs: 10 * 60_000, remedy: "See that the disk is not full and run the command again." },
    );
    for (const old of readdirSync(kept).filter((name) => /^(tensorflow|addon)-/.test(name)))
      rmSync(join(kept, old), { recursive: true });
    renameSync(part, library);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
