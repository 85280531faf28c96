// A new process's first answer, by this package as it is installed: node start/ours.mjs FOLDER
import { readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import lab from "../../dist/index.js";

async function main() {
  const model = await lab.loadModel(
    fileURLToPath(new URL("../../data/pretrained/cifar10-convnet", import.meta.url)),
  );
  const images = new Uint8Array(readFileSync(join(process.argv[2], "start.pixels")));
  const input = { type: "image", height: 32, width: 32, channels: 3, range: [0, 255] };
  const one = { images, labels: new Int32Array(1), count: 1, classes: [], input };
  const logits = await lab.predictLogits(model, one);
  const { user, system } = process.cpuUsage();
  const peakMB = process.resourceUsage().maxRSS / 1024;
  const answer = { class: logits.indexOf(Math.max(...logits)), cpuMs: (user + system) / 1000, peakMB };
  writeSync(3, `${JSON.stringify(answer)}\n`);
}

void main();
