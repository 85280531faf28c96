"""Saves the network as PyTorch and Keras save theirs: python save.py FOLDER KIND"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "peers"))
from files import Folder  # noqa: E402  (the folder comes first)

path, kind = sys.argv[1:]
folder = Folder(path)
layers = folder.layers("start")
if kind == "keras":
    import keras_net

    keras_net.build(layers, folder.weights("start", "keras"), (32, 32, 3)).save(f"{path}/start.keras")
else:
    import torch
    import torch_net

    net = torch_net.build(layers, folder.weights("start", "torch"), torch.contiguous_format)
    torch.save({"layers": layers, "state": net.state_dict()}, f"{path}/start.pt")
