"""Networks in PyTorch, from their lists of layers."""

from collections import OrderedDict

import torch
from torch import nn


class Rescale(nn.Module):
    def __init__(self, scale, offset):
        super().__init__()
        self.scale, self.offset = scale, offset

    def forward(self, x):
        return x * self.scale + self.offset


class Mean(nn.Module):
    """Global average pooling."""

    def forward(self, x):
        return x.mean((2, 3))


def convolution(layer, channels):
    size, stride, filters = layer["kernelSize"], layer["strides"], layer["filters"]
    groups = channels if layer["depthwise"] else 1
    # TensorFlow's "same" pads below and to the right only where it strides by two over an even side.
    uneven = layer["padding"] == "same" and stride == 2
    padding = size // 2 if layer["padding"] == "same" and stride == 1 else 0
    conv = nn.Conv2d(
        channels, filters or channels, size, stride, padding, groups=groups, bias=layer["bias"]
    )
    return [("pad_" + layer["name"], nn.ZeroPad2d((0, 1, 0, 1)))] * uneven + [(layer["name"], conv)]


def module(layer, channels):
    kind, name = layer["kind"], layer["name"]
    if kind == "convolution":
        return convolution(layer, channels)
    if kind == "pad":
        top, left = layer["before"], layer["before"]
        return [(name, nn.ZeroPad2d((left, layer["after"], top, layer["after"])))]
    made = {
        "rescale": lambda: Rescale(layer["scale"], layer["offset"]),
        "pool": lambda: nn.MaxPool2d(layer["size"]),
        # Momentum is the share of the new here, and of the old in TensorFlow.
        "norm": lambda: nn.BatchNorm2d(channels, layer["epsilon"], 1 - layer["momentum"]),
        "relu": lambda: nn.ReLU6(inplace=True) if layer["max"] == 6 else nn.ReLU(inplace=True),
        "leaky": lambda: nn.LeakyReLU(layer["alpha"], inplace=True),
        "flatten": nn.Flatten,
        "mean": Mean,
        "dense": lambda: nn.Linear(layer["inputs"], layer["units"]),
    }[kind]()
    return [(name, made)]


def empty(layers, layout):
    """The network as a sequence whose parts are called as the layers are."""
    parts, channels = [], 3
    for layer in layers:
        parts += module(layer, channels)
        channels = layer.get("filters") or channels
    return nn.Sequential(OrderedDict(parts)).to(memory_format=layout)


def build(layers, weights, layout):
    """The network with its parameters."""
    net = empty(layers, layout)
    load(net, weights)
    return net


def load(net, weights):
    state = {name: torch.from_numpy(value) for name, value in weights.items()}
    missing = net.load_state_dict(state, strict=False)
    left = [name for name in missing.missing_keys if not name.endswith("num_batches_tracked")]
    if left or missing.unexpected_keys:
        raise ValueError(f"The parameters don't fit: {left} {missing.unexpected_keys}")
