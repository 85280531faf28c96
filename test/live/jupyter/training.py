"""Talks to a kernel that trains, and interrupts it. training.py ROOT COUNT; prints JSON: times in milliseconds."""

import json
import sys
import time

from notebook import notebook

ROOT, COUNT = sys.argv[1], int(sys.argv[2])
PAUSE_S = 0.05  # a hand that moves a slider

TRAIN = """
const { buildConvNet, pretrain } = require("%s/src/index.ts");
const comms = live.kernelComms();
comms.register("echo", (comm: any) => comm.onMessage((message: any) => comm.send(message.data)));
const count = 512, input = { type: "image", height: 32, width: 32, channels: 3, range: [0, 255] };
const classes = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
const images = new Uint8Array(count * 32 * 32 * 3).map((_, i) => (i * 7919) %% 251);
const labels = Int32Array.from({ length: count }, (_, i) => i %% 10);
const examples: any = { images, labels, count, classes, input };
const model = buildConvNet({ inputShape: [32, 32, 3], classes: classes, seed: 1 });
""" % ROOT
RUN = """
const stepMs: number[] = [];
let before = performance.now();
const onStep = () => { stepMs.push(performance.now() - before); before = performance.now(); if (stepMs.length === 10) comms.get("echo").send({}); };
const signal = live.interruptSignal();
const { history } = await pretrain(model, examples, { epochs: 1000, seed: 1, task: "", onStep: onStep, signal: signal });
"""


def quantiles(times):
    ordered = sorted(times)
    return {"median": ordered[len(ordered) // 2], "p95": ordered[len(ordered) * 95 // 100], "max": ordered[-1]}


def main():
    with notebook(ROOT) as book:
        setup = book.run(book.setup + TRAIN)
        assert setup.status == "ok", setup.text
        book.comm("comm_open", {"comm_id": "echo", "target_name": "echo", "data": {}})
        cell = book.send(RUN)
        # The first steps take longer.
        book.wait(lambda: cell.is_done or len(book.comms) == 1)
        assert not cell.is_done, cell.text
        book.comms.clear()
        sent = []
        for number in range(COUNT):
            started = time.monotonic()
            sent.append(started)
            book.comm("comm_msg", {"comm_id": "echo", "data": {"number": number}})
            book.wait(lambda: time.monotonic() > started + PAUSE_S)
        book.wait(lambda: len(book.comms) == COUNT, 20)
        times = [round(1000 * (at - sent[m["content"]["data"]["number"]]), 1) for at, _, m in book.comms]
        running = not cell.is_done

        start = time.monotonic()
        book.manager.interrupt_kernel()
        book.wait(lambda: cell.is_done, 20)
        freed = round(1000 * (cell.replied - start))
        book.ready()
        after = book.run(
            "console.log(JSON.stringify({ stopped: history.stopped, steps: history.steps.length, stepMs: stepMs.sort((a, b) => a - b)[stepMs.length >> 1] }))"
        )
        report = {"roundTripMs": quantiles(times), "running": running, "freedMs": freed, "status": cell.status}
        print(json.dumps({**report, **json.loads(after.text)}))


main()
