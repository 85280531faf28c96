import { display } from "./display";
import type { Picture } from "./raster";

/** Shows a picture with the text that stands for it. */
export function showPicture({ png, width, height }: Picture, alternative: string): void {
  display(
    { "image/png": png.toString("base64"), "text/plain": alternative },
    { metadata: { "image/png": { width, height } } },
  );
}
