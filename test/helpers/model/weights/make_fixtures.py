"""Files of weights as Keras and PyTorch write them, and what these networks give for two images.

    pip install keras==3.15.1 tf_keras==2.21.0 torch==2.13.0 transformers==5.24.0 safetensors==0.8.0 h5py==3.14.0
    python test/helpers/model/weights/make_fixtures.py

Weights and images come from a formula that `formula.ts` repeats, so that the tests know each number. The files are
gzipped: the formula has few values, and they shrink to a tenth.
"""

import gzip
import json
import os
import tempfile
from pathlib import Path

os.environ.update(KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1")

import keras
import numpy as np
import tf_keras
import torch
from safetensors.torch import save_file
from torch import nn
from transformers import MobileNetV1Config, MobileNetV1ForImageClassification

HERE = Path(__file__).parent / "fixtures"
CLASSES = 3
expected = {}


# The formula


def hashes(name, count):
    """A 32-bit hash for each of `count` values that belong to a name (FNV-1a, then splitmix32's mixing)."""
    start = 0x811C9DC5
    for letter in name.encode():
        start = ((start ^ letter) * 0x01000193) & 0xFFFFFFFF
    with np.errstate(over="ignore"):
        z = np.uint32(start) + np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B9)
        z = (z ^ (z >> 16)) * np.uint32(0x21F0AAAD)
        z = (z ^ (z >> 15)) * np.uint32(0x735A2D97)
        return z ^ (z >> 15)


def weight(layer, role, shape):
    """A weight in TensorFlow's order: −1, 0 or 1 times a power of two that keeps the signal alive."""
    step = (hashes(f"{layer}/{role}", int(np.prod(shape))) % 3).astype(np.float64).reshape(shape) - 1
    if role == "moving_variance":
        value = 1.5 + step / 2
    elif role == "gamma":
        value = 1.25 + step / 4
    elif role in ("beta", "moving_mean", "bias"):
        value = step / 4
    else:
        inputs = np.prod(shape[:2]) if role == "depthwise_kernel" else np.prod(shape[:-1])
        value = step * 2.0 ** np.round(np.log2(np.sqrt(4.4 / inputs)))
    return value.astype(np.float32)


def images(side):
    """Two images of bytes."""
    return (hashes("pixels", 2 * side * side * 3) % 256).astype(np.float32).reshape(2, side, side, 3)


# Keras


def fill_keras(model, names):
    """Sets all weights; `names` are this project's, in order."""
    layers = [layer for layer in model.layers if layer.weights]
    assert len(layers) == len(names), (len(layers), len(names))
    for layer, name in zip(layers, names):
        depthwise = "Depthwise" in type(layer).__name__
        values = []
        for w in layer.weights:
            role = w.name.split("/")[-1].split(":")[0]
            role = "depthwise_kernel" if depthwise and role == "kernel" else role
            values.append(weight(name, role, tuple(w.shape)))
        layer.set_weights(values)


def keras_convnet(k, named, functional=False):
    """`buildConvNet`'s network; layers under its names or under Keras' own."""
    L = k.layers
    n = (lambda name: {"name": name}) if named else (lambda name: {})
    steps = [L.Rescaling(1 / (255 * 0.25), -0.473 / 0.25)]
    for i, (filters, kernel, pool) in enumerate([(32, 5, 1), (64, 3, 1), (128, 3, 1), (128, 3, 0)], 1):
        steps += [L.Conv2D(filters, kernel, padding="same", use_bias=False, **n(f"conv{i}"))]
        steps += [L.MaxPooling2D(2)] if pool else []
        steps += [L.BatchNormalization(momentum=0.9, epsilon=1e-5, **n(f"norm{i}")), L.ReLU()]
    steps += [L.Flatten(), L.Dropout(0.5, seed=1), L.Dense(CLASSES, **n("head"))]
    inputs = k.Input((16, 16, 3))
    if not functional:
        model = k.Sequential([inputs, *steps])
    else:
        x = inputs
        for step in steps:
            x = step(x)
        model = k.Model(inputs, x)
    fill_keras(model, CONVNET)
    return model


CONVNET = ["conv1", "norm1", "conv2", "norm2", "conv3", "norm3", "conv4", "norm4", "head"]
MOBILENET = ["conv1", "conv1_bn"] + [
    f"conv_{kind}_{i}{bn}" for i in range(1, 14) for kind in ("dw", "pw") for bn in ("", "_bn")
] + ["conv_preds"]
DARKNET_STEPS = [16, "pool", 32, "pool", 16, 128, 16, 128, "pool", 32, 256, 32, 256, "pool", 64, 512, 64, 512, 128]
DARKNET_ONES = {3, 5, 7, 9, 11, 13, 15, 16}  # the convolutions with 1×1 kernels
DARKNET = [f"{kind}_{i}" for i in range(1, 16) for kind in ("conv2d", "batch_normalization")] + ["conv2d_16"]


def keras_darknet(k):
    L = k.layers
    steps, i = [L.Rescaling(1 / 255)], 0
    for filters in DARKNET_STEPS:
        if filters == "pool":
            steps += [L.MaxPooling2D(2, padding="same")]
            continue
        i += 1
        steps += [L.Conv2D(filters, 1 if i in DARKNET_ONES else 3, padding="same", use_bias=False)]
        steps += [L.BatchNormalization(epsilon=1e-3), L.LeakyReLU(negative_slope=0.1)]
    steps += [L.Conv2D(CLASSES, 1), L.GlobalAveragePooling2D()]
    model = k.Sequential([k.Input((32, 32, 3)), *steps])
    fill_keras(model, DARKNET)
    return model


# PyTorch


def fill_torch(modules, names):
    """Sets all weights of modules that stand in the order of `names`."""
    modules = [m for m in modules if isinstance(m, (nn.Conv2d, nn.BatchNorm2d, nn.Linear))]
    assert len(modules) == len(names), (len(modules), len(names))
    with torch.no_grad():
        for module, name in zip(modules, names):
            for role, parameter, value in torch_values(module, name):
                parameter.copy_(torch.from_numpy(np.ascontiguousarray(value)))


def torch_values(module, name):
    if isinstance(module, nn.BatchNorm2d):
        for role, parameter in [
            ("gamma", module.weight),
            ("beta", module.bias),
            ("moving_mean", module.running_mean),
            ("moving_variance", module.running_var),
        ]:
            yield role, parameter, weight(name, role, tuple(parameter.shape))
        return
    if module.bias is not None:
        yield "bias", module.bias, weight(name, "bias", tuple(module.bias.shape))
    shape = tuple(module.weight.shape)
    if isinstance(module, nn.Linear) and name == "head":  # follows a flattened image: here channels come first
        out, side = shape[0], int((shape[1] // 128) ** 0.5)
        kernel = weight(name, "kernel", (side * side * 128, out)).reshape(side, side, 128, out)
        yield "kernel", module.weight, kernel.transpose(3, 2, 0, 1).reshape(out, -1)
    elif isinstance(module, nn.Linear):  # MobileNet's output layer, a 1×1 convolution in Keras
        yield "kernel", module.weight, weight(name, "kernel", (1, 1, shape[1], shape[0]))[0, 0].T
    elif module.groups > 1:
        kernel = weight(name, "depthwise_kernel", (*shape[2:], shape[0], 1))
        yield "depthwise_kernel", module.weight, kernel.transpose(2, 3, 0, 1)
    else:
        kernel = weight(name, "kernel", (*shape[2:], shape[1], shape[0]))
        yield "kernel", module.weight, kernel.transpose(3, 2, 0, 1)


class ConvNet(nn.Module):
    """`buildConvNet`'s network under its names."""

    def __init__(self):
        super().__init__()
        channels = 3
        for i, (filters, kernel) in enumerate([(32, 5), (64, 3), (128, 3), (128, 3)], 1):
            setattr(self, f"conv{i}", nn.Conv2d(channels, filters, kernel, padding="same", bias=False))
            setattr(self, f"norm{i}", nn.BatchNorm2d(filters, eps=1e-5))
            channels = filters
        self.head = nn.Linear(2 * 2 * 128, CLASSES)

    def forward(self, x):
        x = x / (255 * 0.25) - 0.473 / 0.25
        for i in range(1, 5):
            x = getattr(self, f"conv{i}")(x)
            x = nn.functional.max_pool2d(x, 2) if i < 4 else x
            x = getattr(self, f"norm{i}")(x).relu()
        return self.head(x.flatten(1))


class Sequential(nn.Module):
    """A network whose layers have nothing but numbers."""

    def __init__(self, features, classifier, scale):
        super().__init__()
        self.features, self.classifier, self.scale = features, classifier, scale

    def forward(self, x):
        return self.classifier(self.features(self.scale(x)))


def sequential_convnet():
    net = ConvNet()
    steps = []
    for i in range(1, 5):
        steps += [getattr(net, f"conv{i}")] + [nn.MaxPool2d(2)] * (i < 4) + [getattr(net, f"norm{i}"), nn.ReLU()]
    head = nn.Sequential(nn.Flatten(), nn.Dropout(), net.head)
    return Sequential(nn.Sequential(*steps), head, lambda x: x / (255 * 0.25) - 0.473 / 0.25)


def torch_darknet():
    steps, channels, i = [], 3, 0
    for filters in DARKNET_STEPS:
        if filters == "pool":
            steps += [nn.MaxPool2d(2)]
            continue
        i += 1
        steps += [nn.Conv2d(channels, filters, 1 if i in DARKNET_ONES else 3, padding="same", bias=False)]
        steps += [nn.BatchNorm2d(filters, eps=1e-3), nn.LeakyReLU(0.1)]
        channels = filters
    steps += [nn.Conv2d(channels, CLASSES, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*steps)


def hugging_face_mobilenet():
    config = MobileNetV1Config(num_labels=CLASSES, depth_multiplier=0.25, image_size=32)
    return MobileNetV1ForImageClassification(config)


# What is written


def write(name, content):
    (HERE / f"{name}.gz").write_bytes(gzip.compress(content, 9, mtime=0))


def write_with(name, save):
    """Has a program save a file under its own name."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        save(path)
        write(name, path.read_bytes())


def write_torch(name, model, dtype):
    state = {key: value.to(dtype) if value.is_floating_point() else value for key, value in model.state_dict().items()}
    for key, value in model.state_dict().items():  # the formula's values have few digits
        assert torch.equal(state[key].to(value.dtype), value), key
    write_with(name, lambda path: save_file({k: v.contiguous() for k, v in state.items()}, path, {"format": "pt"}))


def expect(name, outputs):
    expected[name] = np.asarray(outputs, dtype=np.float32).round(6).tolist()
    print(name, np.array2string(np.asarray(outputs), precision=3))


def torch_outputs(model, x):
    with torch.no_grad():
        y = model.eval()(torch.from_numpy(x.transpose(0, 3, 1, 2).copy()))
        return getattr(y, "logits", y).numpy()


def main():
    HERE.mkdir(exist_ok=True)
    small, large = images(16), images(32)

    model = keras_convnet(keras, named=False)
    model.compile("adam")
    model.optimizer.build(model.trainable_variables)  # its state is in the file, too
    write_with("convnet.keras", model.save)
    expect("convnet.keras", model(small, training=False))

    model = keras_convnet(keras, named=True, functional=True)
    write_with("convnet.h5", model.save)
    expect("convnet.h5", model(small, training=False))

    model = keras_convnet(tf_keras, named=False)
    write_with("convnet-keras2.h5", model.save_weights)
    expect("convnet-keras2.h5", model(small, training=False))

    model = ConvNet()
    fill_torch(model.children(), ["conv1", "norm1", "conv2", "norm2", "conv3", "norm3", "conv4", "norm4", "head"])
    write_torch("convnet.safetensors", model, torch.float32)
    expect("convnet.safetensors", torch_outputs(model, small))

    model = sequential_convnet()
    fill_torch(model.modules(), CONVNET)
    write_torch("convnet-numbered.safetensors", model, torch.bfloat16)
    expect("convnet-numbered.safetensors", torch_outputs(model, small))

    model = keras.applications.MobileNet(
        (32, 32, 3), alpha=0.25, weights=None, classes=CLASSES, classifier_activation=None
    )
    fill_keras(model, MOBILENET)
    write_with("mobilenet.weights.h5", model.save_weights)
    expect("mobilenet.weights.h5", model(large / 127.5 - 1, training=False))

    model = keras.applications.MobileNet(  # sides that don't halve evenly show where the padding goes
        (45, 45, 3), alpha=0.25, weights=None, classes=CLASSES, classifier_activation=None
    )
    fill_keras(model, MOBILENET)
    expect("mobilenet at 45 px", model(images(45) / 127.5 - 1, training=False))

    model = hugging_face_mobilenet()
    fill_torch(model.modules(), MOBILENET)
    write_torch("mobilenet.safetensors", model, torch.float16)
    expect("mobilenet.safetensors", torch_outputs(model, large / 127.5 - 1))

    model = keras_darknet(keras)
    write_with("tiny-darknet.weights.h5", model.save_weights)
    expect("tiny-darknet.weights.h5", model(large, training=False))

    model = torch_darknet()
    fill_torch(model.modules(), DARKNET)
    write_torch("tiny-darknet.safetensors", model, torch.float16)
    expect("tiny-darknet.safetensors", torch_outputs(model, large / 255))

    (HERE / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")


if __name__ == "__main__":
    main()
