/** The package as its users get it: built. */
import { createRequire } from "node:module";
import { join } from "node:path";

type Lab = typeof import("../../src/helpers");

export type { Examples } from "../../src/helpers";
export type Model = ReturnType<Lab["buildConvNet"]>;

export const lab = createRequire(__filename)(join(__dirname, "../../dist/helpers")) as Lab;
