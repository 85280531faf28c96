/** How a contender is started: the program, its environment, its processors. */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Case } from "../cases";

export interface Setting {
  cores: number;
  /** An interpreter that has the peers. */
  python?: string;
  /** Where prepare.ts has written. */
  folder: string;
}

const BENCH = join(__dirname, "..");
const START: Record<string, string[]> = {
  ours: [process.execPath, join(BENCH, "start", "ours.mjs")],
  keras: [join(BENCH, "start", "keras_start.py")],
  torch: [join(BENCH, "start", "torch_start.py")],
};

export const isPeer = (contender: string): boolean => /^(torch|keras)/.test(contender);

/** @returns The program and its arguments. */
export function commandFor(contender: string, { name, job, fresh }: Case, setting: Setting): string[] {
  const { cores, python, folder } = setting;
  const kind = contender.split("-")[0];
  const interpreter = isPeer(contender) ? [python!] : [];
  const pinned =
    process.platform === "linux" && cores < availableParallelism() ? ["taskset", "-c", `0-${cores - 1}`] : [];
  if (fresh) return [...pinned, ...interpreter, ...START[kind], folder];
  const script = isPeer(contender)
    ? [python!, join(BENCH, "peers", "worker.py")]
    : [process.execPath, "--import", "tsx", join(BENCH, "workers", "worker.ts")];
  return [...pinned, ...script, JSON.stringify({ ...job, contender, case: name, threads: cores, folder })];
}

/** Large pages for tensors, as `npm start` sets them. */
export const HUGE_PAGES = { GLIBC_TUNABLES: "glibc.malloc.hugetlb=1" };

/** @param hugePages Whether it gets large pages. */
export function environmentFor(contender: string, cores: number, hugePages: boolean): NodeJS.ProcessEnv {
  const env = { ...process.env };
  // A user sets none of these; what a contender wants, it sets itself.
  for (const name of ["GLIBC_TUNABLES", "OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TRANSFER_LAB_NATIVE"])
    delete env[name];
  if (contender === "stock" && cores === 1)
    Object.assign(env, { OMP_NUM_THREADS: "1", TF_NUM_INTRAOP_THREADS: "1" });
  return hugePages ? { ...env, ...HUGE_PAGES } : env;
}
