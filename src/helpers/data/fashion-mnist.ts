import { idxSource } from "./idx-source";

/** Pictures of clothes in the shape of MNIST (Xiao, Rasul and Vollgraf, 2017). */
export const fashionMnist = idxSource(
  "fashion-mnist",
  ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"],
  [
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/", // no https there; the checksums vouch for it
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
  ],
  [
    { md5: "8d4fb7e6c68d591d4c3dfef9ec88bf0d" },
    { md5: "25c81989df183df01b3e8a0aad5dffbe" },
    { md5: "bef4ecab320f06d8554ea6380940ec79" },
    { md5: "bb300cfdad3c16e7a12a480ee83cd310" },
  ],
);
