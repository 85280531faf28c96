/** What a page needs to run a model. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tf } from "../engine";

const MOST_WEIGHTS = 300e6; // bytes: longer texts are more than a browser takes

/** TensorFlow.js for browsers, as it is installed with TensorFlow.js for Node. */
export async function tensorFlowForBrowsers(): Promise<string> {
  const beside = createRequire(require.resolve("@tensorflow/tfjs-node/package.json"));
  const script = await readFile(beside.resolve("@tensorflow/tfjs/dist/tf.min.js"), "utf8");
  return script.replace(/^\/\/# sourceMappingURL=.*$/m, ""); // a file that isn't there
}

type Artifacts = Parameters<Parameters<typeof tf.io.withSaveHandler>[0]>[0];

/** The model in a form that a page can hold in a script. */
export async function artifactsOf(
  model: tf.LayersModel,
): Promise<{ topology: unknown; specs: unknown; weights: string }> {
  let kept: Artifacts | undefined;
  const handler = tf.io.withSaveHandler((artifacts) => {
    kept = artifacts;
    return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" } });
  });
  await model.save(handler);
  const { modelTopology: topology, weightSpecs: specs, weightData } = kept!;
  const parts = [weightData!].flat().map((part) => Buffer.from(part));
  const weights = Buffer.concat(parts);
  if (weights.length > MOST_WEIGHTS)
    throw new Error(
      `Cannot write a demo: the parameters of "${model.name}" are ${Math.round(weights.length / 1e6)} MB, and a page holds ${MOST_WEIGHTS / 1e6}.`,
    );
  return { topology, specs, weights: weights.toString("base64") };
}
