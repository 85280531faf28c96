"""A peer that takes turns: a process that stays alive and answers orders.

    python worker.py JOB

JOB is JSON: { contender, case, threads, folder, batch, steps, ... }. It says what it is, then reads orders from
its standard input, a line each, and answers each with a line of JSON on file descriptor 3:

    check   what it reaches: { losses } or { accuracy } or { features }
    tune    which of its ways to work is the fastest here: { detail }
    turn    { work, cpuMs, wallMs }
"""

import json
import os
import sys
import time

job = json.loads(sys.argv[1])
threads = str(job["threads"])
# Libraries read these when they are loaded.
os.environ.update(
    OMP_NUM_THREADS=threads,
    TF_NUM_INTRAOP_THREADS=threads,
    TF_CPP_MIN_LOG_LEVEL="3",
    KERAS_BACKEND="tensorflow",
    CUDA_VISIBLE_DEVICES="",
)
out = os.fdopen(3, "w")


def answer(value):
    out.write(json.dumps(value) + "\n")
    out.flush()


def make_peer():
    if job["contender"].startswith("keras"):
        import keras_jobs as jobs
    else:
        import torch_jobs as jobs
    return jobs.VERSION, jobs.JOBS[job["case"]](job)


def timed(work):
    cpu, wall = time.process_time(), time.perf_counter()
    done = work()
    return {
        "work": done,
        "cpuMs": (time.process_time() - cpu) * 1000,
        "wallMs": (time.perf_counter() - wall) * 1000,
    }


def tune(peer):
    """Takes the fastest of several ways to work. They take turns, and the best of each counts: what disturbs one
    try of one of them decides nothing."""
    if len(peer.ways) < 2:
        return peer.way or ""
    best = {way: float("inf") for way in peer.ways}
    for attempt in range(4):
        for way in peer.ways:
            peer.use(way)
            peer.prepare()
            wall = timed(peer.turn)["wallMs"]
            if attempt > 0:  # the first traces, compiles, warms up
                best[way] = min(best[way], wall)
    way = min(best, key=best.get)
    peer.use(way)
    return way


version, peer = make_peer()
answer({"version": version})
for line in sys.stdin:
    order = line.strip()
    if order == "check":
        answer(peer.check())
    elif order == "tune":
        answer({"detail": tune(peer)})
    else:
        peer.prepare()
        answer(timed(peer.turn))
