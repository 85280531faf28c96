"""One training step of the same networks in PyTorch and Keras: a worker of step.ts.

    python peers.py CONTENDER NETWORK THREADS

CONTENDER is torch, torch-channels-last or keras; NETWORK is plain or batch-norm. It says what it is on the
first line, then waits for lines on its standard input: for each, a number of steps, it trains that many
batches of 64 and prints {"steps", "cpuMs", "wallMs"}.
"""

import json
import os
import sys
import time

contender, network, threads = sys.argv[1], sys.argv[2], sys.argv[3]
os.environ.update(
    OMP_NUM_THREADS=threads,
    TF_NUM_INTRAOP_THREADS=threads,
    TF_NUM_INTEROP_THREADS=threads,
    TF_CPP_MIN_LOG_LEVEL="3",
    KERAS_BACKEND="tensorflow",
    CUDA_VISIBLE_DEVICES="",
)

import numpy as np  # noqa: E402  (the environment comes first)

BATCH, SIZE, CLASSES, RATE = 64, 32, 10, 1e-3
rng = np.random.default_rng(1)


def examples(steps):
    """Pixels 0...255 and labels, as many as the steps need."""
    images = rng.integers(0, 256, (steps * BATCH, SIZE, SIZE, 3)).astype(np.float32)
    return images, rng.integers(0, CLASSES, steps * BATCH)


def torch_worker(channels_last):
    import torch
    from torch import nn

    torch.set_num_threads(int(threads))
    torch.manual_seed(1)
    layout = torch.channels_last if channels_last else torch.contiguous_format

    class Rescale(nn.Module):
        def forward(self, x):
            return x * (1 / 63.75) - 1.892

    def block(inputs, filters, kernel, pool=True):
        norm = network == "batch-norm"
        return [
            nn.Conv2d(inputs, filters, kernel, padding="same", bias=not norm),
            *([nn.MaxPool2d(2)] if pool else []),
            *([nn.BatchNorm2d(filters)] if norm else []),
            nn.ReLU(inplace=True),
        ]

    if network == "batch-norm":
        blocks = [*block(3, 32, 5), *block(32, 64, 3), *block(64, 128, 3), *block(128, 128, 3, pool=False)]
    else:
        blocks = [*block(3, 32, 3), *block(32, 64, 3), *block(64, 128, 3)]
    model = nn.Sequential(Rescale(), *blocks, nn.Flatten(), nn.Linear(128 * 4 * 4, CLASSES))
    model = model.to(memory_format=layout).train()
    optimizer = torch.optim.Adam(model.parameters(), RATE, fused=True)
    loss_of = nn.CrossEntropyLoss()

    def prepare(steps):
        images, labels = examples(steps)
        x = torch.from_numpy(images).permute(0, 3, 1, 2).contiguous(memory_format=layout)
        return x, torch.from_numpy(labels)

    def train(prepared):
        # `fit` waits for a timer between its batches on some machines, which would flatter us.
        x, y = prepared
        for start in range(0, len(x), BATCH):
            loss = loss_of(model(x[start : start + BATCH]), y[start : start + BATCH])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
        return loss.item()

    return f"PyTorch {torch.__version__}", prepare, train


def keras_worker():
    import keras
    import tensorflow as tf
    from keras import layers

    keras.utils.set_random_seed(1)

    def block(filters, kernel, pool=True):
        norm = network == "batch-norm"
        return [
            layers.Conv2D(filters, kernel, padding="same", use_bias=not norm),
            *([layers.MaxPooling2D(2)] if pool else []),
            *([layers.BatchNormalization(momentum=0.9, epsilon=1e-5)] if norm else []),
            layers.ReLU(),
        ]

    if network == "batch-norm":
        blocks = [*block(32, 5), *block(64, 3), *block(128, 3), *block(128, 3, pool=False)]
    else:
        blocks = [*block(32, 3), *block(64, 3), *block(128, 3)]
    model = keras.Sequential(
        [
            keras.Input((SIZE, SIZE, 3)),
            layers.Rescaling(1 / 63.75, offset=-1.892),
            *blocks,
            layers.Flatten(),
            layers.Dense(CLASSES),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(RATE),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )

    def train(prepared):
        # `fit` waits for a timer between its batches on some machines, which would flatter us.
        x, y = prepared
        for start in range(0, len(x), BATCH):
            model.train_on_batch(x[start : start + BATCH], y[start : start + BATCH])

    return f"Keras {keras.__version__} on TensorFlow {tf.__version__}", examples, train


if contender == "keras":
    name, prepare, train = keras_worker()
else:
    name, prepare, train = torch_worker(contender == "torch-channels-last")
print(json.dumps({"contender": contender, "version": name}), flush=True)
for line in sys.stdin:
    prepared = prepare(int(line))
    cpu, wall = time.process_time(), time.perf_counter()
    train(prepared)
    result = {
        "steps": int(line),
        "cpuMs": (time.process_time() - cpu) * 1000,
        "wallMs": (time.perf_counter() - wall) * 1000,
    }
    print(json.dumps(result), flush=True)
