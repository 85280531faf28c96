/** The kinds of picture files, told by their first bytes: names lie. */

export type PictureFormat = "JPEG" | "PNG" | "GIF" | "BMP" | "WebP";

const FORMATS: [RegExp, PictureFormat][] = [
  [/^\xff\xd8\xff/, "JPEG"],
  [/^\x89PNG\r\n/, "PNG"],
  [/^GIF8[79]a/, "GIF"],
  [/^BM[^]{12}.\0\0\0/s, "BMP"], // what follows is the length of a second head
  [/^RIFF[^]{4}WEBP/, "WebP"],
];

const FOREIGN: [RegExp, string][] = [
  [/^(II\*\0|MM\0\*)/, "TIFF"],
  [/^[^]{4}ftyp(hei|hev|mif1|msf1)/, "HEIC, as phones write it; they can also write JPEG"],
  [/^[^]{4}ftypavi/, "AVIF"],
  [/^%PDF/, "PDF"],
  [/^\s*<(\?xml|svg|!doctype|html)/i, "text, as of an SVG drawing or a web page"],
];

/** @throws Error where it is no picture that can be read, with what it is instead. */
export function formatOf(bytes: Uint8Array): PictureFormat {
  if (bytes.length === 0) throw new Error("the file is empty");
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 32)).toString("latin1");
  const format = FORMATS.find(([magic]) => magic.test(head))?.[1];
  if (format) return format;
  const foreign = FOREIGN.find(([magic]) => magic.test(head))?.[1];
  throw new Error(`it is no JPEG, PNG, GIF, BMP or WebP picture${foreign ? ` but ${foreign}` : ""}`);
}
