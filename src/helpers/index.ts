/** Everything that computes, in lecture order. */
export * from "./data";
export * from "./model";
export * from "./train";
export * from "./evaluate";
export * from "./inspect";
export { leakedTensors, tf } from "./engine";
export { version } from "./version";
