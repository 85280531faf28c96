/** What a contender is asked to do, and what it answers. */
export interface Job {
  contender: string;
  case: string;
  threads: number;
  folder: string;
  network: string;
  batch: number;
  steps: number;
  checkSteps: number;
  learningRate: number;
  seed: number;
  sizes: number[];
  seeds: number[];
}

/** What a contender reaches, by which one sees that it did the same as the others. */
export interface Reached {
  losses?: number[];
  accuracy?: number;
  features?: number[];
  class?: number;
}

export interface Turn {
  /** How much was done, in the case's unit. */
  work: number;
  cpuMs: number;
  wallMs: number;
}

/** A contender in its process. */
export interface Worker {
  check(): Promise<Reached>;
  turn(): Promise<Turn>;
}
