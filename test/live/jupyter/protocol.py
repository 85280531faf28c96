"""Plays a front end that talks over many comms in random order, and accounts for every message.

protocol.py FOLDER COUNT SEED

FOLDER is where the kernel starts. Prints one line of JSON: what was sent, what was wrong.
The kernel checks signatures of what it gets, jupyter_client of what it sends.
"""

import json
import random
import sys
import time
from collections import Counter, defaultdict

from jupyter_client.manager import start_new_kernel

LIVE = sys.argv[1] + "/src/live/kernel/index.ts"
COUNT, CHANCE = int(sys.argv[2]), random.Random(int(sys.argv[3]))

# Comms of "quick" answer at once, those of "slow" after some turns of the event loop.
SETUP = """
require("tsx/cjs");
const comms = require(%s).kernelComms();
const answer = (comm: any, kind: string, { data, buffers, metadata }: any) => {
  const sum = buffers.reduce((all: number, b: Uint8Array) => b.reduce((s, x) => (s + x) %% 65521, all), 0);
  comm.send({ kind, n: data.n, sum }, { metadata, buffers });
};
const turns = async (count: number) => { for (let i = 0; i < count; i++) await new Promise((r) => setImmediate(r)); };
for (const target of ["quick", "slow"])
  comms.register(target, (comm: any, opening: any) => {
    const act = target === "quick"
      ? (kind: string) => (message: any) => answer(comm, kind, message)
      : (kind: string) => async (message: any) => { await turns(message.data.n %% 4); answer(comm, kind, message); };
    comm.onMessage(act("message"));
    return act("open")(opening);
  });
comms.register("switch", (comm: any) => comm.onMessage(() => { (globalThis as any).stop = true; }));
""" % json.dumps(LIVE)

# As a training does: some computing, then a turn for others.
LOOP = """
(globalThis as any).stop = false;
let rounds = 0;
while (!(globalThis as any).stop) {
  for (const end = performance.now() + 2; performance.now() < end; );
  rounds++;
  await new Promise((r) => setImmediate(r));
}
console.log(rounds > 10);
"""


# More at once than zeromq holds for those who don't read, if it is not told otherwise.
FLOOD = """
const flood = comms.open("flood", { id: "flood" });
for (let n = 0; n < %d; n++) flood.send({ n: n, text: "x".repeat(2000) });
"""
MANY = 10_000


class FrontEnd:
    """Sends, and keeps all that comes back by the message that caused it."""

    def __init__(self, client):
        self.client = client
        self.heard = defaultdict(list)  # msg_id of the cause → [(channel, message)]
        self.order = defaultdict(list)  # comm → causes of its messages, in the order of arrival
        self.sessions = Counter()
        self.idle = 0

    def send(self, kind, content, buffers=(), metadata=None):
        message = self.client.session.msg(kind, content=content, metadata=metadata)
        sent = self.client.session.send(
            self.client.shell_channel.socket, message, buffers=[memoryview(b) for b in buffers]
        )
        return sent["header"]["msg_id"]

    def listen(self):
        """Takes what has come; returns whether there was something."""
        came = False
        for name, channel in (("iopub", self.client.iopub_channel), ("shell", self.client.shell_channel)):
            while channel.socket.poll(0):
                message = channel.get_msg(timeout=1)
                came = True
                cause = message["parent_header"].get("msg_id")
                self.heard[cause].append((name, message))
                self.sessions[message["header"]["session"]] += 1
                if message["msg_type"].startswith("comm_"):
                    self.order[message["content"].get("comm_id")].append(cause)
                if message["content"].get("execution_state") == "idle":
                    self.idle += 1
        return came

    def wait(self, done, seconds=60):
        end = time.monotonic() + seconds
        while not done() and time.monotonic() < end:
            if not self.listen():
                time.sleep(0.002)
        return done()

    def is_done(self, cause):
        return any(m["content"].get("execution_state") == "idle" for _, m in self.heard[cause])


class Play:
    """Random messages, and what has to come back for each."""

    def __init__(self, front):
        self.front = front
        self.open = {}  # comm → target
        self.gone = []
        self.sent = []  # (msg_id, kind, comm, expectation)
        self.number = 0

    def buffers(self):
        return [CHANCE.randbytes(CHANCE.choice([0, 1, 7, 200, 3000])) for _ in range(CHANCE.choice([0, 0, 1, 3]))]

    def say(self, kind, comm, content, expected, buffers=()):
        metadata = {"mark": self.number}
        cause = self.front.send(kind, content, buffers, metadata)
        self.sent.append((cause, kind, comm, expected, self.number, list(buffers)))
        self.number += 1

    def step(self):
        kind = CHANCE.choices(["msg", "open", "close", "info", "lost", "nobody"], [80, 6, 4, 6, 2, 2])[0]
        if kind == "open" or not self.open:
            comm, target = f"{CHANCE.getrandbits(64):x}", CHANCE.choice(["quick", "slow"])
            self.open[comm] = target
            content = {"comm_id": comm, "target_name": target, "data": {"n": self.number}}
            self.say("comm_open", comm, content, "open", self.buffers())
        elif kind == "msg":
            comm = CHANCE.choice(list(self.open))
            self.say("comm_msg", comm, {"comm_id": comm, "data": {"n": self.number}}, "message", self.buffers())
        elif kind == "close" and len(self.open) > 3:
            comm = CHANCE.choice(list(self.open))
            self.gone.append(comm)
            del self.open[comm]
            self.say("comm_close", comm, {"comm_id": comm, "data": {}}, None)
        elif kind == "info":
            target = CHANCE.choice([None, "quick"])
            # A slow comm closes when its turn comes, so only quick ones are known for certain.
            quick = sorted(comm for comm, name in self.open.items() if name == "quick")
            self.say("comm_info_request", None, {"target_name": target} if target else {}, (target, quick))
        elif kind == "lost" and self.gone:
            comm = CHANCE.choice(self.gone)
            self.say("comm_msg", comm, {"comm_id": comm, "data": {"n": self.number}}, "lost")
        elif kind == "nobody":
            comm = f"{CHANCE.getrandbits(64):x}"
            self.say("comm_open", comm, {"comm_id": comm, "target_name": "nobody", "data": {}}, "refused")

    def run(self, count):
        first = len(self.sent)
        while len(self.sent) - first < count:
            self.step()
            if len(self.sent) % 20 == 0:
                self.front.listen()
        mine = [cause for cause, *_ in self.sent[first:]]
        self.front.wait(lambda: all(map(self.front.is_done, mine[-20:])) and all(map(self.front.is_done, mine)))


def faults(play):
    """Tells of every message that was not dealt with as it should."""
    front, wrong = play.front, []
    for cause, kind, comm, expected, number, buffers in play.sent:
        heard = front.heard[cause]
        states = [m["content"]["execution_state"] for _, m in heard if m["msg_type"] == "status"]
        if states != ["busy", "idle"]:
            wrong.append(f"{number} {kind}: states {states}")
        told = [m["msg_type"] for channel, m in heard if channel == "iopub"]
        if told and (told[0], told[-1]) != ("status", "status"):
            wrong.append(f"{number} {kind}: answered outside of its states")
        rest = [(channel, m) for channel, m in heard if m["msg_type"] != "status"]
        wrong += [f"{number} {kind}: {fault}" for fault in fault_of(expected, comm, number, buffers, rest)]
    places = {cause: place for place, (cause, *_) in enumerate(play.sent)}
    for comm, causes in front.order.items():
        at = [places[cause] for cause in causes if cause in places]
        if comm and at != sorted(at):
            wrong.append(f"comm {comm}: out of order")
    return wrong


def fault_of(expected, comm, number, buffers, rest):
    if expected is None:
        return [] if not rest else [f"unexpected {[m['msg_type'] for _, m in rest]}"]
    if len(rest) != 1:
        return [f"{len(rest)} answers"]
    [(channel, message)] = rest
    content, kind = message["content"], message["msg_type"]
    if isinstance(expected, tuple):
        target, quick = expected
        names = {key: value["target_name"] for key, value in content.get("comms", {}).items()}
        found = sorted(key for key, name in names.items() if name == "quick")
        strangers = [name for name in names.values() if target and name != target]
        good = (channel, kind, content.get("status"), found, strangers) == ("shell", "comm_info_reply", "ok", quick, [])
        return [] if good else [f"{channel} {kind} {content}"]
    if channel != "iopub" or content["comm_id"] != comm:
        return ["answered elsewhere"]
    if expected in ("refused", "lost"):
        return [] if kind == "comm_close" else [kind]
    if kind != "comm_msg" or content["data"]["n"] != number:
        return [f"answered by {kind} {content}"]
    total = 0
    for byte in b"".join(buffers):
        total = (total + byte) % 65521
    good = (
        content["data"]["sum"] == total
        and [bytes(b) for b in message["buffers"]] == buffers
        and message["metadata"] == {"mark": number}
    )
    return [] if good else ["buffers or metadata differ"]


def main():
    manager, client = start_new_kernel(kernel_name="tslab", startup_timeout=60, cwd=sys.argv[1])
    try:
        reply = client.execute_interactive(SETUP, timeout=60, output_hook=lambda m: print(m["content"], file=sys.stderr))
        assert reply["content"]["status"] == "ok", reply["content"]
        front = FrontEnd(client)
        play = Play(front)

        start = time.monotonic()
        play.run(COUNT // 2)
        between = time.monotonic() - start

        cell = client.execute(LOOP)
        front.wait(lambda: front.heard[cell])
        start = time.monotonic()
        play.run(COUNT - COUNT // 2)
        during = time.monotonic() - start
        ran_on = not front.is_done(cell)

        front.send("comm_open", {"comm_id": "end", "target_name": "switch", "data": {}})
        front.send("comm_msg", {"comm_id": "end", "data": {}})
        front.wait(lambda: front.is_done(cell))
        wrong = faults(play)

        flood = client.execute(FLOOD % MANY)
        time.sleep(1)
        front.wait(lambda: front.is_done(flood))
        told = [m["content"]["data"].get("n") for _, m in front.heard[flood] if m["msg_type"] == "comm_msg"]
        if told != list(range(MANY)):
            wrong.append(f"of {MANY} messages at once {len(told)} came")
        if not ran_on:
            wrong.append("the cell ended before its time")
        about_cell = front.heard[cell]
        if "".join(m["content"].get("text", "") for _, m in about_cell) != "true\n":
            wrong.append("the cell's output is not its own")
        last = [m["content"]["execution_state"] for _, m in about_cell if m["msg_type"] == "status"]
        if last[-1] != "idle" or set(last[:-1]) != {"busy"}:
            wrong.append(f"the cell's states end in {last[-3:]}")
        if len(front.sessions) != 1:
            wrong.append(f"{len(front.sessions)} sessions")
        print(
            json.dumps(
                {
                    "sent": len(play.sent),
                    "kinds": Counter(kind for _, kind, *_ in play.sent),
                    "comms": len(play.open) + len(play.gone),
                    "between": between,
                    "during": during,
                    "wrong": len(wrong),
                    "examples": wrong[:5],
                }
            )
        )
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


main()
