/** The part of jsfive that we use; the package brings no types of its own. */
declare module "jsfive" {
  export class Group {
    readonly keys: string[];
    get(name: string): Group | Dataset | null;
  }

  export class Dataset {
    readonly shape: number[];
    /** `"<f4"` and the like; a list for types that aren't numbers. */
    readonly dtype: string | unknown[];
    /** Row-major. */
    readonly value: number[];
    readonly _dataobjects: { readonly chunks: number[] | null };
  }

  export class File extends Group {
    constructor(bytes: ArrayBuffer, name?: string);
  }
}
