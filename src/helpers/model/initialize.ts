import { tf } from "../engine";
import { random } from "../random";
import { roleOf, weightedLayers, weightsOf, type Layer, type NamedLayer, type Weight } from "./layers";

/** Draws new parameters for every layer, or the named ones, each from the distribution that the layer itself
 * declares. The same seed gives the same parameters; each layer draws from a stream of its own, so that
 * re-initialising one leaves the draws of the others as they were.
 * @param model Changed in place.
 * @param options.layers Names; all layers where it is left out. */
export function initialize(
  model: tf.LayersModel,
  { seed, layers }: { seed: number; layers?: string[] },
): void {
  for (const named of weightedLayers(model))
    if (!layers || layers.includes(named.name)) initializeLayer(named, seed);
}

function initializeLayer({ name, layer }: NamedLayer, seed: number): void {
  for (const weight of weightsOf(layer)) {
    const stream = random(seed).fork(`${name}/${roleOf(weight)}`);
    const value = tf.tidy(() =>
      seeded(initializerOf(layer, weight), stream.int(2 ** 31)).apply(weight.shape as number[]),
    );
    weight.write(value);
    value.dispose();
  }
}

interface Initializer {
  apply(shape: number[]): tf.Tensor;
  getConfig(): Record<string, unknown>;
}

/** The initialiser that a layer keeps for one of its weights, e.g. `kernelInitializer` for `"kernel"`. */
function initializerOf(layer: Layer, weight: Weight): Initializer {
  const role = roleOf(weight)
    .replace(/^(depthwise|pointwise)_kernel$/, "$1")
    .replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  const initializer = (layer as unknown as Record<string, Initializer | undefined>)[`${role}Initializer`];
  if (!initializer)
    throw new Error(
      `Cannot re-initialise "${weight.originalName}": a ${layer.getClassName()} layer declares no ${role}Initializer.`,
    );
  return initializer;
}

/** The same initialiser with another seed; those without chance (zeros, ones) as they are. */
function seeded(initializer: Initializer, seed: number): Initializer {
  const config = initializer.getConfig();
  if (!("seed" in config)) return initializer;
  const Same = initializer.constructor as new (config: Record<string, unknown>) => Initializer;
  return new Same({ ...config, seed });
}
