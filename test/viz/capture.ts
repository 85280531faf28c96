/** Stands in for a notebook kernel: catches what would be shown. */
import assert from "node:assert/strict";
import { loadImage, createCanvas } from "canvas";

export interface Shown {
  data: Record<string, unknown> & { "text/plain": string };
  metadata: Record<string, unknown>;
  transient: { display_id?: string };
  update: boolean;
}

const KERNEL = "/kernel/node_modules/tslab/dist/jupyter.js";

/** Runs some work as if in a notebook and returns its outputs. */
export async function captured(work: () => unknown): Promise<Shown[]> {
  const shown: Shown[] = [];
  const lastWriteDisplayData = (content: Omit<Shown, "update">, update = false): void =>
    void shown.push({ ...content, update });
  require.cache[KERNEL] = { exports: { lastWriteDisplayData } } as unknown as NodeJS.Module;
  try {
    await work();
  } finally {
    delete require.cache[KERNEL];
  }
  return shown;
}

/** The one output of some work that shows one thing. */
export async function capturedOne(work: () => unknown): Promise<Shown> {
  const shown = await captured(work);
  assert.equal(shown.length, 1);
  return shown[0];
}

/** Fails unless the output has a picture of the size it states, at twice the density, that isn't blank. */
export async function assertPicture({ data, metadata }: Shown): Promise<void> {
  const image = await loadImage(Buffer.from(data["image/png"] as string, "base64"));
  const { width, height } = metadata["image/png"] as { width: number; height: number };
  assert.deepEqual([image.width, image.height], [2 * width, 2 * height]);
  const context = createCanvas(image.width, image.height).getContext("2d");
  context.drawImage(image, 0, 0);
  const colors = new Set(new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer));
  assert.ok(colors.size > 4, `${colors.size} colours`);
}
