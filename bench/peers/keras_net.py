"""Networks in Keras, from their lists of layers."""

import keras
from keras import layers as k


def made(layer):
    kind, name = layer["kind"], layer["name"]
    if kind == "convolution":
        options = dict(
            strides=layer["strides"], padding=layer["padding"], use_bias=layer["bias"], name=name
        )
        if layer["depthwise"]:
            return k.DepthwiseConv2D(layer["kernelSize"], **options)
        return k.Conv2D(layer["filters"], layer["kernelSize"], **options)
    return {
        "rescale": lambda: k.Rescaling(layer["scale"], layer["offset"], name=name),
        "pad": lambda: k.ZeroPadding2D(((layer["before"], layer["after"]),) * 2, name=name),
        "pool": lambda: k.MaxPooling2D(layer["size"], name=name),
        "norm": lambda: k.BatchNormalization(
            momentum=layer["momentum"], epsilon=layer["epsilon"], name=name
        ),
        "relu": lambda: k.ReLU(layer["max"] or None, name=name),
        "leaky": lambda: k.LeakyReLU(layer["alpha"], name=name),
        "flatten": lambda: k.Flatten(name=name),
        "mean": lambda: k.GlobalAveragePooling2D(name=name),
        "dense": lambda: k.Dense(layer["units"], name=name),
    }[kind]()


def build(layers, weights, shape):
    net = keras.Sequential([keras.Input(shape), *(made(layer) for layer in layers)])
    load(net, weights)
    return net


# In the order of `layer.weights`.
ROLES = ["kernel", "depthwise_kernel", "bias", "gamma", "beta", "moving_mean", "moving_variance"]


def load(net, weights):
    for layer in net.layers:
        if layer.weights:
            own = [weights.get(f"{layer.name}/{role}") for role in ROLES]
            layer.set_weights([value for value in own if value is not None])
