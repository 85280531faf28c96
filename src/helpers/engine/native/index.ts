/** Native gradients and kernels, put in place when the engine is loaded. */
import "./fixed-batch-norm";
import "./leaky-relu";
import "./max-pool";
import "./mean";
import "./relu";
import "./relu6";
import "./sigmoid";
import "./sum";
import "./tanh";
