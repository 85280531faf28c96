"""Says which class it was, and what the process has taken until then."""

import json
import os
import resource
import time


def answer(found):
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = {"class": found, "cpuMs": time.process_time() * 1000, "peakMB": peak}
    os.write(3, (json.dumps(line) + "\n").encode())
    os._exit(0)  # what comes after the answer is not counted
