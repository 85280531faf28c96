"""Runs one notebook in a kernel of its own and says what happened, as JSON.

execute.py NOTEBOOK RESULT TIMEOUT_SECONDS

Between the notebook's cells it runs probes that are not saved: they report what tslab would pass over in silence
(a rejected promise that nobody awaits, a throw in a timer) and, at the end, the tensors that leaked and the state of
widgets, which is saved with the notebook. Judging is not its business: strict.mjs does that.
"""

import json
import re
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError

PROBES = Path(__file__).with_name("probes.ts").read_text(encoding="utf8").split("// ----\n")
WIDGETS = "application/vnd.jupyter.widget-state+json"
BEFORE, BETWEEN, AFTER = (probe.strip() for probe in PROBES)


def with_probes(notebook):
    """The notebook's cells with probes around each code cell; each with the number of its code cell or None."""
    cells, numbers = [nbformat.v4.new_code_cell(BEFORE)], [None]
    number = 0
    for cell in notebook.cells:
        cells.append(cell)
        if cell.cell_type != "code":
            numbers.append(None)
            continue
        number += 1
        numbers.append(number)
        cells.append(nbformat.v4.new_code_cell(BETWEEN))
        numbers.append(None)
    return cells + [nbformat.v4.new_code_cell(AFTER)], numbers + [None]


def text_of(cell):
    """What a failed cell wrote on stderr: tslab puts its error there."""
    streams = [o["text"] for o in cell.get("outputs", []) if o.output_type == "stream" and o.name == "stderr"]
    return re.sub(r"\x1b\[[0-9;]*m", "", "".join(streams)).strip()


def run(notebook, folder, timeout):
    """Executes the cells in order and stops at the first that fails."""
    cells, numbers = with_probes(notebook)
    deadline = time.monotonic() + timeout
    client = NotebookClient(
        nbformat.v4.new_notebook(cells=cells, metadata=notebook.metadata),
        kernel_name="tslab",
        resources={"metadata": {"path": str(folder)}},
        timeout_func=lambda cell: max(1, deadline - time.monotonic()),
        startup_timeout=120,
        shutdown_kernel="immediate",
    )
    failure, current = None, 0
    probe_outputs = []
    last = max(filter(None, numbers), default=0)
    try:
        client.create_kernel_manager()
        client.start_new_kernel(cwd=str(folder))
        # Whoever stops this process has to stop the kernel as well.
        print(f"kernel {client.km.provisioner.pid}", file=sys.stderr, flush=True)
        with client.setup_kernel():
            for index, (cell, number) in enumerate(zip(cells, numbers)):
                if cell.cell_type != "code":
                    continue
                current = number or current
                if number:
                    cell.outputs = []
                    print(f"cell {number} of {last}", file=sys.stderr, flush=True)
                client.execute_cell(cell, index)
                if not number:
                    probe_outputs += [(current, output) for output in cell.outputs]
    except CellTimeoutError:
        failure = {"cell": current, "kind": "time-out", "message": f"not done after {timeout:g} s"}
    except DeadKernelError:
        failure = {"cell": current, "kind": "dead kernel", "message": "the kernel died"}
    except Exception as error:  # nbclient raises several kinds where a reply says "error"
        message = text_of(cell) or f"{type(error).__name__}: {error}"
        failure = {"cell": current, "kind": "error", "message": message}
    return failure, probe_outputs


def keep_widgets(notebook, probe_outputs):
    """Saves the widgets' state with the notebook, so that a page without a kernel draws them."""
    notebook.metadata.pop("widgets", None)
    for _, output in probe_outputs:
        if WIDGETS in output.get("data", {}):
            notebook.metadata["widgets"] = {WIDGETS: output["data"][WIDGETS]}


def main():
    path, result, timeout = Path(sys.argv[1]).resolve(), Path(sys.argv[2]), float(sys.argv[3])
    notebook = nbformat.read(path, as_version=4)
    start = time.monotonic()
    failure, probe_outputs = run(notebook, path.parent, timeout)
    for number, cell in enumerate((c for c in notebook.cells if c.cell_type == "code"), start=1):
        cell.execution_count = number  # the probes counted too
        cell.metadata.pop("execution", None)  # times
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = number
    keep_widgets(notebook, probe_outputs)
    report = {
        "seconds": time.monotonic() - start,
        "failure": failure,
        "probes": [{"cell": number, "output": output} for number, output in probe_outputs],
        "text": nbformat.writes(notebook) + "\n",
        "cells": [
            {"source": c.source, "outputs": c.outputs, "tags": c.metadata.get("tags", [])}
            for c in notebook.cells
            if c.cell_type == "code"
        ],
    }
    result.write_text(json.dumps(report), encoding="utf8")


main()
