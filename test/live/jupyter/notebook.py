"""A kernel as a test sees it: cells are sent, and what came of them is asked for."""

import json
import time
from contextlib import contextmanager

from jupyter_client.manager import start_new_kernel


class Cell:
    def __init__(self):
        self.status, self.text, self.outputs, self.replied = None, "", [], None

    @property
    def is_done(self):
        return self.status is not None


class Notebook:
    def __init__(self, manager, client):
        self.manager, self.client, self.cells, self.comms = manager, client, {}, []

    def send(self, code):
        """Sends a cell, and does not wait for it."""
        cell = Cell()
        self.cells[self.client.execute(code)] = cell
        return cell

    def run(self, code, seconds=60):
        cell = self.send(code)
        self.wait(lambda: cell.is_done, seconds)
        return cell

    def comm(self, kind, content):
        """Sends a comm's message and returns its id."""
        message = self.client.session.msg(kind, content=content)
        return self.client.session.send(self.client.shell_channel.socket, message)["header"]["msg_id"]

    def wait(self, done, seconds=60):
        end = time.monotonic() + seconds
        while not done():
            if time.monotonic() > end:
                raise TimeoutError([vars(cell) for cell in list(self.cells.values())[-4:]])
            if not self.listen():
                time.sleep(0.001)

    def listen(self):
        came = False
        for channel in (self.client.iopub_channel, self.client.shell_channel):
            while channel.socket.poll(0):
                came = True
                self.hear(channel.get_msg(timeout=1))
        return came

    def hear(self, message):
        kind, content = message["msg_type"], message["content"]
        if kind.startswith("comm_"):
            self.comms.append((time.monotonic(), message["parent_header"].get("msg_id"), message))
        cell = self.cells.get(message["parent_header"].get("msg_id"))
        if cell is None:
            return
        if kind == "stream":
            cell.text += content["text"]
        elif kind in ("display_data", "update_display_data"):
            cell.outputs.append(content["data"])
        elif kind == "execute_reply":
            cell.status, cell.replied = content["status"], time.monotonic()

    def pause(self, seconds):
        end = time.monotonic() + seconds
        self.wait(lambda: time.monotonic() > end)

    def ready(self):
        """Waits until cells are run again: tslab turns away those of 200 ms after one that failed."""
        while self.run("").status != "ok":
            self.pause(0.05)


@contextmanager
def notebook(root, path="/src/live/kernel/index.ts", **how):
    """A notebook of this checkout, with `live` for the module of that path after the first `setup`."""
    manager, client = start_new_kernel(kernel_name="tslab", startup_timeout=60, cwd=f"{root}/notebooks", **how)
    try:
        book = Notebook(manager, client)
        book.setup = 'require("tsx/cjs");\nconst live = require(%s);\n' % json.dumps(root + path)
        yield book
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
