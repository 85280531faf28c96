import { readFileSync } from "node:fs";
import { join } from "node:path";

const packageFile = join(__dirname, "../../package.json"); // the same from src and from dist

/** The version of this package, as its cards state it. */
export const version = (JSON.parse(readFileSync(packageFile, "utf8")) as { version: string }).version;
