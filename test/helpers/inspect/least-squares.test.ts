import assert from "node:assert/strict";
import { test } from "node:test";
import { leastSquares } from "../../../src/helpers/inspect/least-squares";
import { assertClose } from "../tiny";

const x = [0, 1, 2, 3, 4, 5, 6, 7];
const y = [3.1, 2.2, 1.75, 1.2, 1.0, 0.72, 0.61, 0.5];

test("a straight line is the one of the normal equations", () => {
  const { parameters, squares } = leastSquares(
    ([slope, offset]) => Float64Array.from(x, (value, i) => slope * value + offset - y[i]),
    Float64Array.of(0, 0),
    { steps: 40 },
  );
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const slope =
    mean(x.map((value, i) => (value - mean(x)) * (y[i] - mean(y)))) /
    mean(x.map((value) => (value - mean(x)) ** 2));
  const offset = mean(y) - slope * mean(x);
  assertClose(parameters, [slope, offset], 1e-6);
  const left = x.reduce((sum, value, i) => sum + (slope * value + offset - y[i]) ** 2, 0);
  assert.ok(Math.abs(squares - left) < 1e-9, `${squares} and ${left}`);
});

test("an exponential with an offset is the one that SciPy finds", () => {
  const { parameters } = leastSquares(
    ([height, rate, offset]) =>
      Float64Array.from(x, (value, i) => height * Math.exp(-rate * value) + offset - y[i]),
    Float64Array.of(1, 1, 0),
    { steps: 100 },
  );
  // scipy.optimize.curve_fit(lambda x, a, b, c: a * exp(-b * x) + c, x, y, [1, 1, 0]), tolerances of 1e-14
  assertClose(parameters, [2.8426413235, 0.3442912314, 0.2427462895], 1e-6);
});

test("it finds its way through Rosenbrock's curved valley and Fletcher and Powell's helical one", () => {
  const rosenbrock = leastSquares(
    ([a, b]) => Float64Array.of(10 * (b - a * a), 1 - a),
    Float64Array.of(-1.2, 1),
    { steps: 100 },
  );
  assertClose(rosenbrock.parameters, [1, 1], 1e-6);
  const helix = leastSquares(
    ([a, b, c]) => {
      const turn = Math.atan2(b, a) / (2 * Math.PI);
      return Float64Array.of(10 * (c - 10 * turn), 10 * (Math.hypot(a, b) - 1), c);
    },
    Float64Array.of(-1, 0, 0),
    { steps: 100 },
  );
  assertClose(helix.parameters, [1, 0, 0], 1e-6);
});

test("it is never worse than its start, leaves that as it was, and stops after its steps", () => {
  const start = Float64Array.of(-1.2, 1);
  let calls = 0;
  const residuals = ([a, b]: Float64Array): Float64Array => {
    calls++;
    return Float64Array.of(10 * (b - a * a), 1 - a);
  };
  const begin = residuals(start).reduce((sum, value) => sum + value * value, 0);
  let last = begin;
  for (const steps of [0, 1, 2, 5, 10]) {
    calls = 0;
    const { squares } = leastSquares(residuals, start, { steps });
    assert.ok(squares <= last, `${squares} after ${steps} steps`);
    assert.ok(calls <= 1 + 3 * steps, `${calls} calls for ${steps} steps`);
    last = squares;
  }
  assert.ok(last < 0.5 * begin);
  assert.deepEqual([...start], [-1.2, 1]);
});

test("a parameter that does nothing, or one too many, doesn't lead astray", () => {
  const idle = leastSquares(([a]) => Float64Array.of(a - 3, 2 * a - 6), Float64Array.of(0, 7), { steps: 50 });
  assertClose(idle.parameters, [3, 7], 1e-6);
  const twice = leastSquares(([a, b]) => Float64Array.of(a + b - 3), Float64Array.of(0, 0), { steps: 50 });
  assert.ok(Math.abs(twice.parameters[0] + twice.parameters[1] - 3) < 1e-6);
  const flat = leastSquares(() => Float64Array.of(2), Float64Array.of(1), { steps: 50 });
  assert.deepEqual(flat, { parameters: Float64Array.of(1), squares: 4 });
});
