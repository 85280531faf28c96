"""Interrupts kernels in the middle of all sorts of work. interrupt.py ROOT; prints JSON: case → what happened."""

import json
import sys
import time

from notebook import notebook

ROOT = sys.argv[1]
TURN = "await new Promise((r) => setImmediate(r));"
DEAF = "await new Promise(() => {});"


def hears(name):
    """Ends when told, like the package's long work; `name` counts what it has by then."""
    return f"let {name} = 0; const {name}Signal = live.interruptSignal(); while (!{name}Signal.aborted) {{ {name}++; {TURN} }}"


def begun(book, code, behind=(), turn=TURN, setup=""):
    """Sends a cell, with others behind it, and waits until it is at work."""
    # After a turn: Node may lose a signal that comes while the synchronous part of a cell ends, or end the next cell
    # for it; hence the second and the third try.
    for _ in range(3):
        cell, waiting = book.send(f"{setup}{turn} console.log('begun');\n{code}"), [book.send(other) for other in behind]
        book.wait(lambda: cell.is_done or "begun" in cell.text)
        if not cell.is_done:
            return cell, waiting
        book.ready()
    raise AssertionError(vars(cell))


def interrupted(book, code, behind=(), again=None, **how):
    """Interrupts a cell in the middle of its work."""
    cell, waiting = begun(book, code, behind, **how)
    book.pause(0.2)
    start = time.monotonic()
    book.manager.interrupt_kernel()
    if again:
        book.pause(again)
        book.manager.interrupt_kernel()
    book.wait(lambda: cell.is_done, 20)
    took = cell.replied - start
    book.ready()
    return {
        "status": cell.status,
        "took": round(took, 3),
        "text": cell.text.removeprefix("begun\n"),
        "behind": [(other.status, other.text) for other in waiting],
    }


def main():
    report = {}
    with notebook(ROOT) as book:
        two = ['console.log("one")', 'console.log("two")']
        # The cell that loads the module, with others behind it: all were sent before tslab was extended.
        report["first"] = interrupted(book, hears("first"), two, setup=book.setup + "live.kernelComms();\n")
        report["first"]["kept"] = book.run("console.log(first > 0, live.interruptSignal().aborted)").text
        report["hears"] = interrupted(book, hears("more"), two)
        report["hears"]["kept"] = book.run("console.log(more > 0)").text
        report["asks again"] = interrupted(book, hears("n") + "\nconst late = live.interruptSignal().aborted;")
        report["asks again"]["kept"] = book.run("console.log(late)").text

        report["deaf"] = interrupted(book, DEAF, ['console.log("one")'])
        report["took a signal, is deaf"] = interrupted(book, f"live.interruptSignal(); {DEAF}")
        report["interrupted twice"] = interrupted(book, f"live.interruptSignal(); {DEAF}", again=0.3)
        report["without a turn"] = interrupted(book, "for (;;);", turn="")
        report["listener"] = interrupted(
            book, f"let told = false; const off = live.onInterrupt(() => {{ told = true; }}); while (!told) {{ {TURN} }} off();"
        )
        # Between cells: work that a timer began.
        book.run("let calm = 0; const still = live.interruptSignal(); void (async () => { while (!still.aborted) { calm++; await new Promise((r) => setTimeout(r, 5)); } console.log('stopped'); })();")
        book.pause(0.2)
        book.manager.interrupt_kernel()
        book.pause(0.2)
        report["between cells"] = {"text": book.run("console.log(still.aborted, live.interruptSignal().aborted)").text}

        # The other way to interrupt: a message on the control channel.
        cell, _ = begun(book, f"{{ const heard = live.interruptSignal(); while (!heard.aborted) {TURN} }}")
        message = book.client.session.msg("interrupt_request", content={})
        book.client.session.send(book.client.control_channel.socket, message)
        reply = book.client.control_channel.get_msg(timeout=10)
        book.wait(lambda: cell.is_done, 10)
        report["message"] = {
            "status": cell.status,
            "reply": [reply["msg_type"], reply["content"]],
            "ours": reply["parent_header"]["msg_id"] == message["header"]["msg_id"],
        }
        book.ready()

        # Work that never ends must not keep a kernel that is told to stop.
        book.run("const on = live.interruptSignal(); void (async () => { while (!on.aborted) await new Promise((r) => setTimeout(r, 5)); })();")
        start = time.monotonic()
        book.manager.shutdown_kernel()
        report["shutdown"] = {"took": round(time.monotonic() - start, 2)}
    print(json.dumps(report))


main()
