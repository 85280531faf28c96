/** The one place that loads TensorFlow.js. Everything in the package takes `tf` from here. */
import "./environment";
import * as tf from "@tensorflow/tfjs-node";

export { tf };
