/** What the figures were measured on. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";

export interface Machine {
  cpu: string;
  cores: number;
  memoryGB: number;
  system: string;
  /** Of instructions, those that decide on speed. */
  features: string[];
  /** How busy the machine was when it began: the load of the last minute. */
  load: number;
}

const WORTH_NAMING = ["avx2", "avx512f", "avx512_bf16", "amx_bf16", "asimd"];

export function describeMachine(): Machine {
  const info = process.platform === "linux" ? readFileSync("/proc/cpuinfo", "utf8") : "";
  const flags = new Set(/^(?:flags|Features)\s*:(.*)$/m.exec(info)?.[1].split(" ") ?? []);
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch}`,
    features: WORTH_NAMING.filter((name) => flags.has(name)),
    load: loadavg()[0],
  };
}

/** The versions of what took part. */
export function describeVersions(contenders: readonly string[], python?: string): Record<string, string> {
  const versions: Record<string, string> = { node: process.versions.node };
  if (python)
    versions.python = execFileSync(python, ["-c", "import platform; print(platform.python_version())"], {
      encoding: "utf8",
    }).trim();
  for (const version of contenders) {
    const parts = /^(.*?) (\d.*)$/.exec(version);
    if (parts) versions[parts[1]] = parts[2];
  }
  return versions;
}
