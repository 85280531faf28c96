import { idxSource } from "./idx-source";

/** Handwritten digits (LeCun, Cortes and Burges, 1998). */
export const mnist = idxSource(
  "mnist",
  ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
  ["https://storage.googleapis.com/cvdf-datasets/mnist/", "https://ossci-datasets.s3.amazonaws.com/mnist/"],
  [
    { contentMd5: "6bbc9ace898e44ae57da46a324031adb" },
    { contentMd5: "a25bea736e30d166cdddb491f175f624" },
    { contentMd5: "2646ac647ad5339dbf082846283269ea" },
    { contentMd5: "27ae3e4e09519cfbb04c329615203637" },
  ],
);
