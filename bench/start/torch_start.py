"""A new process's first answer, by PyTorch: python torch_start.py FOLDER"""

import sys
from pathlib import Path

import numpy as np
import torch

sys.path.append(str(Path(__file__).parent.parent / "peers"))
import torch_net  # noqa: E402  (the folder comes first)

folder = sys.argv[1]
saved = torch.load(f"{folder}/start.pt", weights_only=True)
net = torch_net.empty(saved["layers"], torch.contiguous_format)
net.load_state_dict(saved["state"])
net.eval()
image = np.fromfile(f"{folder}/start.pixels", np.uint8).reshape(1, 32, 32, 3).astype(np.float32)
with torch.inference_mode():
    logits = net(torch.from_numpy(image).permute(0, 3, 1, 2))

from start_answer import answer  # noqa: E402

answer(int(logits.argmax()))
