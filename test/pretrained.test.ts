/** The parameters that the project ships: they are what their card says. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { cardOf, evaluate, loadDataset, loadModel } from "../src/helpers";

const SHIPPED = join(__dirname, "../data/pretrained/cifar10-convnet");

test("their card names CIFAR-10's classes, all of its photographs, and 78 % or more", async () => {
  const model = await loadModel(SHIPPED);
  const { classes, trainedOn, accuracy } = cardOf(model);
  assert.deepEqual([classes.length, classes[0], classes[3]], [10, "airplane", "cat"]);
  assert.deepEqual(trainedOn, [{ set: "cifar10", examples: 50_000, how: "pre-training" }]);
  assert.ok(accuracy!.value >= 0.78 && accuracy!.count === 10_000);
  model.dispose();
});

const mirror = process.env.TRANSFER_LAB_MIRROR;
const skip = mirror ? false : "needs real CIFAR-10: set TRANSFER_LAB_MIRROR";

test("their accuracy on CIFAR-10's test photographs is the card's", { skip }, async () => {
  const model = await loadModel(SHIPPED);
  const photos = await loadDataset("cifar10");
  const { accuracy } = await evaluate(model, photos.test);
  assert.ok(Math.abs(accuracy - cardOf(model).accuracy!.value) < 0.002, `${accuracy}`);
  model.dispose();
});
