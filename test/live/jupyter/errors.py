"""Cells that fail in a real kernel. errors.py ROOT; prints JSON: case → what the reader sees."""

import json
import sys

from notebook import notebook

ROOT = sys.argv[1]
CASES = {
    "sync": 'const m1 = h.buildConvNet({ inputShape: [16, 16, 3], classes: 3, seed: 1 });\nh.freeze(m1, { upTo: "conv9" } as any);',
    "awaited": 'const x = 1;\nawait h.loadPretrained("nope");',
    "the reader's": "const f = () => { throw new TypeError('mine'); };\nf();",
    "listener": "const m2 = h.buildConvNet({ inputShape: [16, 16, 3], classes: 3, seed: 1 });\nlive.onInterrupt(() => {\n  h.freeze(m2, { upTo: 'conv8' } as any);\n});\nlive.interruptWork();",
    "stopped": "const over = AbortSignal.abort(new DOMException('Interrupted.', 'AbortError'));\nover.throwIfAborted();",
}

report = {}
with notebook(ROOT) as book:
    book.run(book.setup + f"const h = require({json.dumps(ROOT + '/src/helpers/index.ts')}); live.kernelComms();")
    for name, code in CASES.items():
        cell = book.run(code)
        report[name] = {"status": cell.status, "text": cell.text}
        book.ready()
print(json.dumps(report))
