/** Native gradients and kernels, put in place when the engine is loaded. */
import "./leaky-relu";
import "./max-pool";
import "./relu";
import "./relu6";
import "./sigmoid";
import "./tanh";
