import assert from "node:assert/strict";
import { test } from "node:test";
import type { InputSpec } from "../../../src/helpers/data";
import { tf } from "../../../src/helpers/engine";
import { answers, responseSteps } from "../../../src/helpers/inspect/response";
import { drawStimulus, stimulusBank } from "../../../src/helpers/inspect/stimuli";
import { centralView, wholeView } from "../../../src/helpers/inspect/view";
import { graphOf, initialize } from "../../../src/helpers/model";
import { assertClose, withoutLeaks } from "../tiny";

type Symbolic = tf.SymbolicTensor;
type Build = (input: Symbolic) => Symbolic;

const conv = (name: string, kernelSize: number, strides = 1, padding: "same" | "valid" = "same") =>
  tf.layers.conv2d({ name, filters: 4, kernelSize, strides, padding, activation: "tanh" });
const chain =
  (...layers: tf.layers.Layer[]): Build =>
  (input) =>
    layers.reduce((x, layer) => layer.apply(x) as Symbolic, input);

/** Networks with the size of their pictures, and how much of these their units see. */
const CASES: Record<
  string,
  { size: [number, number]; build: Build; layers: string[]; shown: [number, number] }
> = {
  "padded, with strides": {
    size: [64, 96],
    build: chain(conv("a", 5, 2), conv("b", 4, 3), conv("c", 3)),
    layers: ["a", "c"],
    shown: [28, 36],
  },
  "unpadded, of odd sizes": {
    size: [75, 61],
    build: chain(conv("a", 4, 2, "valid"), tf.layers.maxPooling2d({ poolSize: 3, strides: 2 }), conv("b", 3)),
    layers: ["a", "b"],
    shown: [19, 21],
  },
  "with branches of other strides": {
    size: [90, 90],
    build: (input) => {
      const coarse = chain(conv("a", 3, 3), tf.layers.upSampling2d({ size: [3, 3] }))(input);
      const fine = chain(conv("b", 5, 2), tf.layers.upSampling2d({ size: [2, 2] }))(input);
      return conv("c", 3).apply(tf.layers.add().apply([coarse, fine]) as Symbolic) as Symbolic;
    },
    layers: ["a", "b", "c"],
    shown: [18, 18],
  },
  "whose places differ, so that all is shown": {
    size: [40, 40],
    build: chain(conv("a", 3), tf.layers.prelu({ alphaInitializer: "randomNormal" }), conv("b", 3)),
    layers: ["a", "b"],
    shown: [40, 40],
  },
};

for (const [kind, { size, build, layers, shown }] of Object.entries(CASES))
  test(`a part of the picture gives the answers that the whole gives, in a network ${kind}`, async () => {
    const input = tf.input({ shape: [...size, 3] });
    const model = tf.model({ inputs: input, outputs: build(input) });
    initialize(model, { seed: 2 });
    const [height, width] = size;
    const spec: InputSpec = { type: "image", height, width, channels: 3, range: [0, 1] };
    const graph = graphOf(model);
    const steps = responseSteps(graph, layers, "test");
    const whole = wholeView(graph, steps, spec);
    const part = centralView(graph, steps, spec);
    assert.deepEqual([part.input.height, part.input.width], shown);
    const stimuli = stimulusBank({ turn: 5 }).filter((_, i) => i % 97 === 0);
    await withoutLeaks(async () => {
      const [expected, given] = await Promise.all(
        [whole, part].map((view) =>
          answers(
            graph,
            steps,
            stimuli.map((stimulus) => drawStimulus(stimulus, view.input)),
            view,
          ),
        ),
      );
      expected.forEach((values, l) => assertClose(given[l], values, 1e-5));
    });
    model.dispose();
  });

test("the whole picture is shown where units see its border, all of it, or what can't be told", () => {
  const input = tf.input({ shape: [24, 24, 3] });
  const wide = chain(conv("a", 3), conv("b", 25))(input);
  const gate = tf.layers
    .reshape({ targetShape: [1, 1, 3] })
    .apply(tf.layers.globalAveragePooling2d({}).apply(input));
  const gated = conv("c", 1).apply(tf.layers.multiply().apply([input, gate] as Symbolic[])) as Symbolic;
  const spec: InputSpec = { type: "image", height: 24, width: 24, channels: 3, range: [0, 1] };
  const seen = (outputs: Symbolic, layers: string[]) => {
    const graph = graphOf(tf.model({ inputs: input, outputs }));
    return centralView(graph, responseSteps(graph, layers, "test"), spec).input;
  };
  assert.equal(seen(wide, ["a", "b"]).height, 24);
  assert.equal(seen(wide, ["a"]).height, 6);
  assert.equal(seen(gated, ["c"]).height, 24);
  assert.deepEqual(seen(wide, ["a"]), { ...spec, height: 6, width: 6 });
});
