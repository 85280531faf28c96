"""What PyTorch is asked to do: each job as one who knows PyTorch would write it. Images and labels are tensors
before the clock runs, in the memory layout of the network; optimisers are the fused ones."""

import torch
import torch_net
from files import Folder
from torch import nn

VERSION = f"PyTorch {torch.__version__}"
loss_of = nn.CrossEntropyLoss()


class Job:
    """Ways to work are numbers of threads."""

    def __init__(self, job):
        torch.manual_seed(1)
        self.job, self.folder = job, Folder(job["folder"])
        first = job["contender"].removesuffix("-cached")
        self.layout = torch.contiguous_format if first == "torch" else torch.channels_last
        counts = {job["threads"], max(1, job["threads"] // 2)}
        self.ways = [f"{count} thread{'s' if count > 1 else ''}" for count in sorted(counts, reverse=True)]
        self.use(self.ways[0])

    def use(self, way):
        self.way = way
        torch.set_num_threads(int(way.split()[0]))

    def images(self, name):
        images = torch.from_numpy(self.folder.images(name)).permute(0, 3, 1, 2)
        return images.contiguous(memory_format=self.layout)

    def labels(self, name):
        return torch.from_numpy(self.folder.labels(name))

    def network(self, name):
        return torch_net.build(self.folder.layers(name), self.folder.weights(name, "torch"), self.layout)

    def prepare(self):
        """What is done before the clock runs."""


def step(net, optimizer, x, y):
    loss = loss_of(net(x), y)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
    return loss


class Training(Job):
    def __init__(self, job):
        super().__init__(job)
        order = torch.from_numpy(self.folder.order("scenes")).long()
        self.x = self.images("scenes")[order].contiguous(memory_format=self.layout)
        self.y = self.labels("scenes")[order]
        self.net = self.network(job["network"]).train()
        self.optimizer = torch.optim.Adam(self.net.parameters(), job["learningRate"], fused=True)

    def batch(self, index):
        size = self.job["batch"]
        at = index * size % len(self.x)
        return self.x[at : at + size], self.y[at : at + size]

    def run(self, steps):
        return [step(self.net, self.optimizer, *self.batch(i)) for i in range(steps)]

    def check(self):
        return {"losses": [loss.item() for loss in self.run(self.job["checkSteps"])]}

    def turn(self):
        self.run(self.job["steps"])[-1].item()
        return self.job["steps"] * self.job["batch"]


@torch.inference_mode()
def accuracy(net, x, y):
    net.eval()
    found = torch.cat([net(x[at : at + 250]).argmax(1) for at in range(0, len(x), 250)])
    return (found == y).float().mean().item()


def freeze_trunk(net):
    """As PyTorch's tutorial on transfer learning does it; in evaluation mode, as no statistics shall move."""
    net.eval()
    net.requires_grad_(False)
    net.head.requires_grad_(True)


def train_head(net, x, y, epochs, batch):
    optimizer = torch.optim.Adam(net.head.parameters(), 1e-3, fused=True)
    for _ in range(epochs):
        order = torch.randperm(len(x))
        for at in range(0, len(x), batch):
            chosen = order[at : at + batch]
            step(net, optimizer, x[chosen], y[chosen])


@torch.inference_mode()
def features_of(net, x):
    return torch.cat([net(x[at : at + 250]) for at in range(0, len(x), 250)])


def train_head_on_features(net, x, y, epochs, batch):
    """What the tutorial doesn't do: the trunk's output is computed once."""
    features = features_of(net[:-1], x).clone()
    head = nn.Sequential()
    head.head = net.head
    train_head(head, features, y, epochs, batch)


class OptionOne(Job):
    def __init__(self, job):
        super().__init__(job)
        self.x, self.y = self.images("digits-1000-1"), self.labels("digits-1000-1")
        self.test = self.images("digits-test"), self.labels("digits-test")
        self.weights = self.folder.weights("shipped", "torch")
        self.net = self.network("shipped")
        cached = job["contender"].endswith("-cached")
        self.train = train_head_on_features if cached else train_head

    def prepare(self):
        torch_net.load(self.net, self.weights)
        freeze_trunk(self.net)

    def turn(self):
        self.train(self.net, self.x, self.y, self.job["epochs"], self.job["batch"])
        return 1

    def check(self):
        self.prepare()
        self.turn()
        return {"accuracy": accuracy(self.net, *self.test)}


class Features(Job):
    def __init__(self, job):
        super().__init__(job)
        self.x = self.images(job["network"])
        self.net = self.network(job["network"]).eval()

    @torch.inference_mode()
    def run(self):
        size = self.job["batch"]
        return torch.cat([self.net(self.x[at : at + size]) for at in range(0, len(self.x), size)])

    def turn(self):
        self.run()
        return len(self.x)

    def check(self):
        return {"features": self.run()[0, :16].tolist()}


class Curve(Job):
    """The trials of a learning curve one after the other."""

    def __init__(self, job):
        super().__init__(job)
        self.test = self.images("digits-test"), self.labels("digits-test")
        names = [f"digits-{size}-{seed}" for size in job["sizes"] for seed in job["seeds"]]
        self.samples = [(self.images(name), self.labels(name)) for name in names]
        self.layers, self.weights = self.folder.layers("shipped"), self.folder.weights("shipped", "torch")
        cached = job["contender"].endswith("-cached")
        self.train_head = train_head_on_features if cached else train_head

    def copy(self):
        return torch_net.build(self.layers, self.weights, self.layout)

    def option_one(self, x, y):
        net = self.copy()
        freeze_trunk(net)
        self.train_head(net, x, y, self.job["epochs"], self.job["batch"])
        return accuracy(net, *self.test)

    def option_two(self, x, y):
        net, steps, size = self.copy().train(), self.job["stepsFor"][str(len(x))], self.job["batch"]
        decaying = [p for p in net.parameters() if p.dim() > 1]
        others = [p for p in net.parameters() if p.dim() == 1]
        groups = [{"params": decaying, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}]
        optimizer = torch.optim.AdamW(groups, 3e-3, fused=True)
        order = torch.randperm(len(x))
        for index in range(steps):
            progress = (index + 0.5) / steps
            for group in optimizer.param_groups:
                group["lr"] = 3e-3 * (progress / 0.1 if progress < 0.1 else (1 - progress) / 0.9)
            if len(order) < size:
                order = torch.randperm(len(x))
            chosen, order = order[:size], order[size:]
            step(net, optimizer, x[chosen], y[chosen])
        return accuracy(net, *self.test)

    def run(self):
        return [train(x, y) for x, y in self.samples for train in (self.option_one, self.option_two)]

    def turn(self):
        self.run()
        return 1

    def check(self):
        found = self.run()
        return {"accuracy": sum(found) / len(found)}


JOBS = {
    "full": Training,
    "plain": Training,
    "option1": OptionOne,
    "mobilenet": Features,
    "darknet": Features,
    "curve": Curve,
}
