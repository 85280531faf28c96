"""Reads what prepare.ts wrote: sets of images, networks as lists of layers, and their parameters."""

import json
import struct
from pathlib import Path

import numpy as np


class Folder:
    def __init__(self, path):
        self.path = Path(path)

    def images(self, name):
        """Pixels 0...255 as float32, [count, height, width, channels]."""
        shape = json.loads((self.path / f"{name}.json").read_text())["shape"]
        return np.fromfile(self.path / f"{name}.images", np.uint8).reshape(shape).astype(np.float32)

    def labels(self, name):
        return np.fromfile(self.path / f"{name}.labels", np.int32).astype(np.int64)

    def order(self, name):
        """The order in which the images are trained on, as indices."""
        return np.fromfile(self.path / f"{name}.order", np.int32)

    def layers(self, network):
        return json.loads((self.path / network / "layers.json").read_text())

    def weights(self, network, layout):
        """Parameters by name; `layout` is torch or keras."""
        return read_safetensors(self.path / network / f"{layout}.safetensors")


def read_safetensors(path):
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)

    def tensor(entry):
        start, end = (8 + length + offset for offset in entry["data_offsets"])
        return np.frombuffer(data[start:end], np.float32).reshape(entry["shape"]).copy()

    return {name: tensor(entry) for name, entry in header.items()}
