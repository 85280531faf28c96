import type { RawSet, RawSpec } from "./raw-set";

/** A data set that others published, and how to read it. */
export interface Source extends RawSpec {
  name: string;
  /** The files it is published as. */
  files: SourceFile[];
  /** Where they are to be had, best first: each is followed by the name of a file. */
  addresses: string[];
  /** Makes the set of the unzipped files, in the order of `files`. */
  read(contents: Uint8Array[]): RawSet;
  /** Classes that each gather several, and to which one each class belongs. */
  coarse?: { classes: string[]; of: number[] };
}

/** One zipped file. At least one checksum is known. */
export interface SourceFile {
  name: string;
  /** MD5 of the file as published. */
  md5?: string;
  /** MD5 of what is inside the gzip, where the same content goes round in several wrappers. */
  contentMd5?: string;
}
