/** Tiny Darknet as it is really published, downloaded and read. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "node:test";
import { tf } from "../../../src/helpers/engine";
import { cardOf, describeCard } from "../../../src/helpers/model";
import { loadPretrained } from "../../../src/helpers/model/load-pretrained";
import { pretrained } from "../../../src/helpers/model/pretrained";
import { withData } from "../data/make-files";
import { whileServingFiles } from "../data/serve-files";
import { assertClose, withoutLeaks } from "../tiny";
import { outputOf, randomPixels } from "./published";

const mirror = process.env.TRANSFER_LAB_MIRROR;
const darknet = mirror && join(mirror, "tiny-darknet");
const skip =
  darknet && existsSync(darknet) ? false : "no real Tiny Darknet here: TRANSFER_LAB_MIRROR has none";

const quick = { backOffMs: 1, progress: () => {} };
const tinyDarknet = pretrained["tiny-darknet"];

test("real Tiny Darknet over http, broken off in the middle", { skip }, async () => {
  const names = await readdir(darknet!);
  const contents = await Promise.all(
    names.map(async (name) => [name, await readFile(join(darknet!, name))] as const),
  );
  const total = contents.reduce((sum, [, { length }]) => sum + length, 0);
  await withoutLeaks(async () => {
    await withData({}, () =>
      whileServingFiles(
        Object.fromEntries(contents.map(([name, bytes]) => [`tiny-darknet/${name}`, bytes])),
        async (server) => {
          process.env.TRANSFER_LAB_MIRROR = server.address;
          const isLarge = (file: string): boolean => file.endsWith("group19-shard1of1");
          server.breakAfter = ({ file, from }) => (isLarge(file) && from < 800_000 ? 400_000 : undefined);
          const model = await loadPretrained("tiny-darknet", quick);
          const large = server.requests.filter(({ file }) => isLarge(file));
          assert.deepEqual(
            large.map(({ from }) => from),
            [0, 400_000, 800_000],
          );
          assert.equal(
            server.requests.reduce((sum, { sent }) => sum + sent, 0),
            total,
            "no byte came twice",
          );
          assert.ok(server.mostAtOnce > 1 && server.mostAtOnce <= 6, `${server.mostAtOnce} at once`);
          const plain = await tf.loadLayersModel(pathToFileURL(join(darknet!, "model.json")).href);
          const pixels = randomPixels(2, 224);
          const expected = tf.tidy(() => outputOf(plain, tf.div(pixels, 255)));
          assertClose(outputOf(model, pixels), expected, 1e-4);
          assert.equal(cardOf(model).output, "logits");

          // One bit of one weight is another network.
          const damaged = Buffer.from(server.files["tiny-darknet/group1-shard1of1"]);
          damaged[7] ^= 1;
          server.files["tiny-darknet/group1-shard1of1"] = damaged;
          const elsewhere = tinyDarknet.addresses.splice(0); // nobody is asked but the mirror
          const work = loadPretrained("tiny-darknet", { ...quick, refresh: true });
          await assert.rejects(work, /the weights together: SHA-256/).finally(() => {
            tinyDarknet.addresses.push(...elsewhere);
          });
          [model, plain, pixels].forEach((one) => void one.dispose());
        },
      ),
    );
  });
});

test("real Tiny Darknet from a folder", { skip }, async () => {
  const lines = await withData({ TRANSFER_LAB_MIRROR: mirror }, async (folder) => {
    const model = await loadPretrained("tiny-darknet");
    assert.equal(describeCard(cardOf(model)), "tiny-darknet, trained on imagenet (1,281,167 examples)");
    assert.ok(!existsSync(join(folder, "cache")), "a folder needs no copy");
    model.dispose();
  });
  assert.deepEqual(lines, []);
});
