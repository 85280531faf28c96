"""A new process's first answer, by Keras: python keras_start.py FOLDER"""

import os
import sys

os.environ.update(KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="")

import keras  # noqa: E402  (the environment comes first)
import numpy as np  # noqa: E402

folder = sys.argv[1]
net = keras.models.load_model(f"{folder}/start.keras", compile=False)
image = np.fromfile(f"{folder}/start.pixels", np.uint8).reshape(1, 32, 32, 3).astype(np.float32)
# A call is faster than `predict` for a single image, as Keras' documentation says.
logits = np.asarray(net(image, training=False))

from start_answer import answer  # noqa: E402

answer(int(logits.argmax()))
