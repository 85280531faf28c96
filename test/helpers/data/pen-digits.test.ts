import assert from "node:assert/strict";
import { test } from "node:test";
import { imageAt } from "../../../src/helpers/data/examples";
import { makePenDigits } from "../../../src/helpers/data/pen-digits";
import { countsOf, distinctImages, fingerprint, nearestMeanAccuracy } from "./made-sets";

const started = performance.now();
const digits = makePenDigits({ seed: 1, train: 3000, test: 1000 });
const perImageMs = (performance.now() - started) / 4000;

test("pen-digits are 28×28 grey bytes of the ten digits", (t) => {
  t.diagnostic(`${perImageMs.toFixed(2)} ms per image`);
  assert.equal(digits.name, "pen-digits");
  assert.deepEqual(digits.input, { type: "image", height: 28, width: 28, channels: 1, range: [0, 255] });
  assert.deepEqual(digits.classes, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
  for (const { images, labels, count } of [digits.train, digits.test]) {
    assert.ok(images instanceof Uint8Array);
    assert.equal(images.length, count * 28 * 28);
    assert.equal(labels.length, count);
  }
});

test("the same seed gives the same pen-digits on every machine, another seed others", () => {
  const few = { train: 30, test: 20 };
  assert.equal(fingerprint(makePenDigits({ seed: 1, ...few })), "b58b3aaaa3ea6cf63141c1a2255e8b13");
  assert.notEqual(
    fingerprint(makePenDigits({ seed: 2, ...few })),
    fingerprint(makePenDigits({ seed: 1, ...few })),
  );
});

test("a pen-digit does not depend on how many are asked for", () => {
  const few = makePenDigits({ seed: 1, train: 7, test: 13 });
  assert.deepEqual(few.train.images, digits.train.images.slice(0, few.train.images.length));
  assert.deepEqual(few.test.images, digits.test.images.slice(0, few.test.images.length));
  assert.deepEqual(few.writers.test, digits.writers.test.slice(0, 13));
});

test("no test writer of pen-digits is a training writer", () => {
  const { train, test } = digits.writers;
  assert.deepEqual([train.length, test.length], [3000, 1000]);
  const known = new Set(train);
  assert.deepEqual(
    [...new Set(test)].filter((writer) => known.has(writer)),
    [],
  );
  assert.ok(known.size > 250, `${known.size} training writers`);
  assert.ok(new Set(test).size > 90, `${new Set(test).size} test writers`);
});

test("a writer's digits are more like each other than like other writers'", () => {
  const { train, writers } = digits;
  const distance = (i: number, j: number): number => {
    const [a, b] = [imageAt(train, i), imageAt(train, j)];
    let sum = 0;
    for (let p = 0; p < a.length; p++) sum += (a[p] - b[p]) ** 2;
    return Math.sqrt(sum);
  };
  const [own, others]: number[][] = [[], []];
  for (let i = 0; i < 1000; i++)
    for (let j = i + 1; j < 1000; j++)
      if (train.labels[i] === train.labels[j])
        (writers.train[i] === writers.train[j] ? own : others).push(distance(i, j));
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  assert.ok(mean(own) < 0.9 * mean(others), `own ${mean(own)}, others ${mean(others)}`);
});

test("pen-digits are balanced, and no two are the same", () => {
  assert.deepEqual(countsOf(digits.train), Array(10).fill(300));
  assert.deepEqual(countsOf(digits.test), Array(10).fill(100));
  assert.equal(distinctImages([digits.train, digits.test]), 4000);
});

test("pen-digits are white on black, within 20×20 pixels, centred by their mass, as MNIST's are", () => {
  for (let i = 0; i < digits.test.count; i++) {
    const image = imageAt(digits.test, i);
    let [mass, sumX, sumY] = [0, 0, 0];
    const [xs, ys]: number[][] = [[], []];
    image.forEach((value, p) => {
      const [x, y] = [p % 28, Math.floor(p / 28)];
      mass += value;
      sumX += value * x;
      sumY += value * y;
      if (value > 127) {
        xs.push(x);
        ys.push(y);
      }
    });
    assert.ok(
      Math.abs(sumX / mass - 13.5) <= 0.6 && Math.abs(sumY / mass - 13.5) <= 0.6,
      `${i} is off centre`,
    );
    const size = Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys)) + 1;
    assert.ok(size >= 17 && size <= 21, `${i} is ${size} px`);
    assert.ok(Math.max(...image) > 200 && mass / (255 * 784) < 0.4, `${i} is pale or heavy`);
  }
});

test("pen-digits are about as hard as MNIST, whose nearest mean is right in 82 %", () => {
  const accuracy = nearestMeanAccuracy(digits, (image) => image);
  assert.ok(accuracy > 0.7 && accuracy < 0.88, `nearest mean digit: ${accuracy}`);
});

test("a number of pen-digits that cannot be made is refused", () => {
  assert.throws(() => makePenDigits({ test: -1 }), {
    name: "RangeError",
    message: "Cannot make pen-digits: `test` is a whole number of images, 1 or more. Received: -1.",
  });
});
