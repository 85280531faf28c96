/* The pad in the page: it draws the state, and sends what is drawn and asked for. */

const MOST_ROWS = 12; // classes with bars
const percent = (share) => `${(100 * share).toFixed(1)} %`;
const some = (count, what) => `${count} ${what}${count === 1 ? "" : "s"}`;

function make(tag, properties = {}, ...children) {
  const { dataset, aria = {}, ...rest } = properties;
  const element = Object.assign(document.createElement(tag), rest);
  for (const [name, value] of Object.entries(aria)) element.setAttribute(`aria-${name}`, value);
  Object.assign(element.dataset, dataset);
  element.append(...children);
  return element;
}

const bytesOf = (value) =>
  value ? new Uint8Array(value.buffer ?? value, value.byteOffset ?? 0, value.byteLength) : new Uint8Array();

/** Strokes are lists of [x, y, pressure]; the same numbers in a row go to the kernel. */
function pack(strokes) {
  return Float32Array.from(strokes.flatMap((stroke) => [stroke.length, ...stroke.flat()]));
}

function unpack(bytes) {
  const row = new Float32Array(bytes.slice().buffer);
  const strokes = [];
  for (let at = 0; at < row.length; at += 3 * strokes.at(-1).length + 1) {
    const points = Array.from({ length: row[at] }, (_, i) => [
      ...row.subarray(at + 1 + 3 * i, at + 4 + 3 * i),
    ]);
    strokes.push(points);
  }
  return strokes;
}

/** Shows pixels of one or three channels in a canvas of their size. */
function showPixels(canvas, bytes, [height, width, channels]) {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++)
    for (let c = 0; c < 4; c++)
      image.data[4 * i + c] = c === 3 ? 255 : bytes[channels * i + (channels === 3 ? c : 0)];
  context.putImageData(image, 0, 0);
}

/** The paper, and the strokes on it. */
function makePaper(model, changed) {
  const canvas = make("canvas", {
    className: "paper",
    role: "img",
    aria: { label: "Paper to draw on, with a mouse, a finger or a pen" },
  });
  let strokes = [];
  const current = new Map(); // the strokes that are being drawn, by pointer

  function paint() {
    const side = Math.round(canvas.clientWidth * (globalThis.devicePixelRatio || 1)) || 280;
    if (canvas.width !== side) canvas.width = canvas.height = side;
    const context = canvas.getContext("2d");
    const [ground, line] = model.get("ink") === "white" ? ["#000", "#fff"] : ["#fff", "#000"];
    context.fillStyle = ground;
    context.fillRect(0, 0, side, side);
    const seen = bytesOf(model.get("seen"));
    if (strokes.length === 0 && seen.length > 0 && !isEmptied) {
      const small = make("canvas");
      showPixels(small, seen, model.get("size"));
      context.imageSmoothingEnabled = false;
      context.drawImage(small, 0, 0, side, side);
    }
    context.strokeStyle = line;
    context.lineCap = context.lineJoin = "round";
    for (const stroke of strokes)
      stroke.forEach(([x, y, pressure], i) => {
        const [fromX, fromY] = stroke[Math.max(0, i - 1)];
        context.lineWidth = 0.065 * side * (0.5 + pressure);
        context.beginPath();
        context.moveTo(fromX * side, fromY * side);
        context.lineTo(x * side, y * side); // a single point is a dot
        context.stroke();
      });
  }

  let isEmptied = false; // here, and the kernel does not know it yet
  let isDue = false;
  function change() {
    isEmptied = strokes.length === 0;
    changed(strokes);
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      paint();
    });
  }

  const within = (value) => Math.min(1, Math.max(0, value));
  const pointOf = ({ clientX, clientY, pointerType, pressure }) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const force = pointerType === "pen" && pressure > 0 ? pressure : 0.5;
    return [within((clientX - left) / width), within((clientY - top) / height), force];
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    const stroke = [pointOf(event)];
    current.set(event.pointerId, stroke);
    strokes.push(stroke);
    change();
  });
  canvas.addEventListener("pointermove", (event) => {
    const stroke = current.get(event.pointerId);
    if (!stroke) return;
    const between = event.getCoalescedEvents?.() ?? [];
    for (const moved of between.length > 0 ? between : [event]) {
      const point = pointOf(moved);
      const [x, y] = stroke.at(-1);
      if (Math.hypot(point[0] - x, point[1] - y) > 0.003) stroke.push(point);
    }
    change();
  });
  for (const end of ["pointerup", "pointercancel"])
    canvas.addEventListener(end, (event) => current.delete(event.pointerId));

  return {
    canvas,
    paint,
    get strokes() {
      return strokes;
    },
    /** Takes over what is in the state, unless somebody is drawing here. */
    take() {
      if (current.size > 0) return;
      strokes = unpack(bytesOf(model.get("strokes")));
      isEmptied = false;
      paint();
    },
    undo() {
      strokes.pop();
      change();
    },
    clear() {
      strokes = [];
      current.clear();
      change();
    },
  };
}

function render({ model, el }) {
  const ask = (content, buffers = []) => model.send(content, undefined, buffers);
  const button = (name, text, onclick) =>
    make("button", { className: name, type: "button", textContent: text, onclick });

  // —— Drawing ——

  const sentAt = new Map();
  const paper = makePaper(model, (strokes) => {
    const asked = model.get("asked") + 1;
    sentAt.set(asked, performance.now());
    model.set("asked", asked);
    model.set("strokes", new DataView(pack(strokes).buffer));
    model.save_changes();
    showTools();
  });
  const undo = button("undo", "Undo", () => paper.undo());
  const clear = button("clear", "Clear", () => paper.clear());
  const showTools = () => {
    const { length } = paper.strokes;
    undo.disabled = length === 0;
    clear.disabled = length === 0 && bytesOf(model.get("seen")).length === 0;
  };

  // —— What it says ——

  const answer = make("p", { className: "answer", role: "status", aria: { live: "polite" } });
  const speed = make("span", { className: "speed" });
  const bars = make("ol", { className: "bars", aria: { label: "How sure the network is of each class" } });
  const seen = make("canvas", {
    className: "seen",
    role: "img",
    aria: { label: "The picture as the network sees it" },
  });
  const size = make("span", { className: "size" });

  function bar(name, share, isBest) {
    const fill = make("span", { className: "fill" });
    fill.style.width = `${100 * share}%`;
    return make(
      "li",
      { className: isBest ? "best" : "", dataset: { name } },
      make("span", { className: "name", textContent: name, title: name }),
      make("span", { className: "track", aria: { hidden: "true" } }, fill),
      make("span", { className: "value", textContent: model.get("guesses").length ? percent(share) : "" }),
    );
  }

  function showAnswer() {
    const [guesses, classes, isTaught] = ["guesses", "classes", "isTaught"].map((key) => model.get(key));
    const shares = new Map(guesses.map(({ name, confidence }) => [name, confidence]));
    // In their own order they stay where they are while one draws; of many, the likeliest.
    const shown =
      classes.length <= MOST_ROWS || guesses.length === 0 ? classes.slice(0, MOST_ROWS) : [...shares.keys()];
    const best = isTaught ? guesses[0] : undefined;
    bars.replaceChildren(
      ...shown.map((name) => bar(name, isTaught ? (shares.get(name) ?? 0) : 0, name === best?.name)),
    );
    answer.replaceChildren(
      ...(!isTaught
        ? ["It knows none of these yet: teach it below."]
        : best
          ? [make("strong", { textContent: best.name }), ` ${percent(best.confidence)}`]
          : ["Draw, and it says what it takes it for."]),
    );
    answer.classList.toggle("quiet", !best);
  }

  function showSeen() {
    const pixels = bytesOf(model.get("seen"));
    const [height, width, channels] = model.get("size");
    const ground = new Uint8Array(height * width * channels).fill(model.get("ink") === "white" ? 0 : 255);
    showPixels(seen, pixels.length > 0 ? pixels : ground, [height, width, channels]);
    size.textContent = `${width} × ${height} pixels, centred`;
    if (paper.strokes.length === 0) paper.paint();
    showTools();
  }

  // —— Teaching ——

  const labels = make("div", {
    className: "labels",
    role: "radiogroup",
    aria: { label: "What the drawing is" },
  });
  const add = button("add", "Add", () => {
    const { strokes } = paper;
    ask({ do: "add", label: model.get("label") }, strokes.length > 0 ? [pack(strokes).buffer] : []);
  });
  const strips = make("div", { className: "strips" });
  const learn = button("learn", "Learn", () => ask({ do: "learn" }));
  const stop = button("stop", "Stop", () => ask({ do: "stop" }));
  const forget = button("forget", "Forget", () => ask({ do: "forget" }));
  const busy = make("span", { className: "busy", role: "status" });
  const hint = make("p", { className: "hint" });
  const result = make("div", { className: "result", role: "status" });
  const seconds = make("span", { className: "seconds" });

  function showLabels() {
    const chosen = model.get("label");
    const group = `label-${model.get("_anywidget_id") ?? ""}-${Math.random()}`;
    labels.replaceChildren(
      ...model.get("classes").map((name) => {
        const input = make("input", { type: "radio", name: group, value: name, checked: name === chosen });
        input.addEventListener("change", () => {
          model.set("label", name);
          model.save_changes();
        });
        return make("label", {}, input, make("span", { textContent: name }));
      }),
    );
    add.textContent = `Add as “${chosen}”`;
  }
  function checkLabel() {
    const chosen = model.get("label");
    for (const input of labels.querySelectorAll("input")) input.checked = input.value === chosen;
    add.textContent = `Add as “${chosen}”`;
  }

  function thumbnail({ id, label, pixels }) {
    const canvas = make("canvas");
    showPixels(canvas, bytesOf(pixels), [28, 28, 1]);
    const title = `Remove this “${label}”`;
    return make(
      "button",
      {
        type: "button",
        className: "drawing",
        title,
        aria: { label: title },
        onclick: () => ask({ do: "remove", id }),
      },
      canvas,
    );
  }

  function showDrawings() {
    const [drawings, classes, aside, others] = ["drawings", "classes", "aside", "others"].map((key) =>
      model.get(key),
    );
    const rows = classes.map((name) => [name, drawings.filter(({ label }) => label === name)]);
    strips.replaceChildren(
      ...rows
        .filter(([, kept]) => kept.length > 0)
        .map(([name, kept]) =>
          make(
            "div",
            { className: "strip", dataset: { name } },
            make("span", { className: "name", textContent: name, title: name }),
            make("span", { className: "count", textContent: kept.length }),
            make("div", { className: "drawings" }, ...kept.map(thumbnail)),
          ),
        ),
    );
    const taught = rows.filter(([, kept]) => kept.length > 0).length;
    const without = rows.filter(([, kept]) => kept.length === 0).map(([name]) => name);
    const lines = [];
    if (drawings.length === 0)
      lines.push("Draw, choose what it is, and add it. Three or more of each class make a start.");
    else if (others > 0) lines.push(`It learns from these and from ${some(others, "other example")}.`);
    else if (taught < 2) lines.push("Add drawings of another class, too: one alone tells nothing apart.");
    else if (without.length > 0)
      lines.push(
        `A new output layer knows only what it is taught: it will forget ${without.slice(0, 6).join(", ")}${without.length > 6 ? " …" : ""}.`,
      );
    if (aside > 0) lines.push(`${some(aside, "drawing")} of other classes put aside.`);
    hint.textContent = lines.join(" ");
    showBusy();
  }

  function showBusy() {
    const [what, drawings, others, learning] = ["busy", "drawings", "others", "learning"].map((key) =>
      model.get(key),
    );
    const enough =
      drawings.length > 0 && (others > 0 || new Set(drawings.map(({ label }) => label)).size > 1);
    learn.disabled = what !== "" || !enough;
    learn.textContent = drawings.length > 0 ? `Learn from ${some(drawings.length, "drawing")}` : "Learn";
    stop.disabled = what === "";
    forget.disabled = what !== "" || !learning;
    busy.textContent = what === "" ? "" : `${what} …`;
    el.firstElementChild?.classList.toggle("is-busy", what !== "");
  }

  function meter(name, { right, of, accuracy }) {
    const fill = make("span", { className: "fill" });
    fill.style.width = `${100 * accuracy}%`;
    return make(
      "div",
      { className: `meter ${name.toLowerCase()}` },
      make("span", { className: "name", textContent: name }),
      make("span", { className: "track", aria: { hidden: "true" } }, fill),
      make("span", { className: "value", textContent: `${right} of ${of} right` }),
    );
  }

  function showResult() {
    const learning = model.get("learning");
    result.hidden = !learning;
    if (!learning) return;
    const { drawings, before, after, rounds, stopped, guesses } = learning;
    const how =
      rounds === before?.of
        ? "Each drawing was held out once, and named by a network that had learned from all the others (leave-one-out)."
        : `Each drawing was held out once, in ${rounds} parts, and named by a network that had learned from the other parts.`;
    result.replaceChildren(
      make(
        "p",
        {},
        make("strong", { textContent: stopped ? "Stopped early. " : "" }),
        `Learned from ${some(drawings, "drawing")}. `,
        seconds,
      ),
      ...(before && after
        ? [meter("Before", before), meter("After", after), make("p", { className: "how", textContent: how })]
        : []),
      ...(guesses
        ? [
            make("p", {
              className: "turn",
              textContent: `The drawing on the paper: ${guesses.before.name} ${percent(guesses.before.confidence)} before, ${guesses.after.name} ${percent(guesses.after.confidence)} after.`,
            }),
          ]
        : []),
    );
  }

  // —— Own classes, and the folder ——

  const own = make("input", { type: "text", className: "own", placeholder: "circle, star, heart" });
  const use = button("use", "Use these", () => {
    const classes = own.value.split(",").map((name) => name.trim());
    ask({ do: "classes", classes: classes.filter((name) => name !== "") });
  });
  own.addEventListener("keydown", ({ key }) => key === "Enter" && use.click());
  const folder = make("input", { type: "text", className: "folder", placeholder: "my-drawings" });
  const save = button("save", "Save", () => ask({ do: "save", folder: folder.value }));
  const saved = make("span", { className: "saved" });
  const message = make("p", { className: "message", role: "status", aria: { live: "polite" } });

  function showFolder() {
    if (document.activeElement !== folder) folder.value = model.get("folder");
    const count = model.get("saved");
    saved.textContent = model.get("folder") && count > 0 ? `${some(count, "drawing")} in it` : "";
  }
  function showMessage() {
    message.textContent = model.get("message");
    message.classList.toggle("problem", model.get("isProblem"));
  }

  // —— All of it ——

  const heading = (text) => make("h4", { textContent: text });
  el.replaceChildren(
    make(
      "div",
      {
        className: "drawing-pad",
        dataset: { lmSuppressShortcuts: "true" },
        // Else JupyterLab takes letters and arrow keys for its own.
        onkeydown: (event) => event.stopPropagation(),
      },
      make(
        "section",
        { className: "draw" },
        heading("Draw"),
        paper.canvas,
        make("div", { className: "tools" }, undo, clear),
      ),
      make(
        "section",
        { className: "says" },
        heading("What the network says"),
        answer,
        bars,
        make(
          "div",
          { className: "sees" },
          seen,
          make("p", {}, make("strong", { textContent: "All it sees: " }), size, make("br"), speed),
        ),
      ),
      make(
        "section",
        { className: "teach" },
        heading("Teach it"),
        make("div", { className: "choose" }, make("span", { textContent: "This is" }), labels, add),
        strips,
        hint,
        make("div", { className: "tools" }, learn, stop, forget, busy),
        result,
        make(
          "div",
          { className: "fields" },
          make("label", {}, make("span", { textContent: "Classes of your own" }), own),
          use,
          make("label", {}, make("span", { textContent: "Folder for the drawings" }), folder),
          save,
          saved,
        ),
        message,
      ),
    ),
  );

  const shows = {
    strokes: () => {
      paper.take();
      showTools();
    },
    ink: paper.paint,
    guesses: showAnswer,
    isTaught: showAnswer,
    classes: () => {
      showAnswer();
      showLabels();
      showDrawings();
    },
    seen: showSeen,
    label: checkLabel,
    drawings: showDrawings,
    aside: showDrawings,
    others: showDrawings,
    busy: showBusy,
    learning: () => {
      seconds.textContent = "";
      showResult();
      showBusy();
    },
    folder: showFolder,
    saved: showFolder,
    message: showMessage,
    isProblem: showMessage,
  };
  const ends = Object.entries(shows).map(([key, show]) => {
    const changed = () => show();
    model.on(`change:${key}`, changed);
    return () => model.off(`change:${key}`, changed);
  });
  const told = ({ answered, ms, seconds: took }) => {
    if (took) seconds.textContent = `The training took ${took.training.toFixed(1)} s.`;
    const start = sentAt.get(answered);
    for (const asked of sentAt.keys()) if (asked <= answered) sentAt.delete(asked);
    if (start === undefined) return;
    const { duration } = performance.measure("drawing-pad", { start, detail: { kernelMs: ms } });
    speed.textContent = `answered in ${Math.max(1, Math.round(duration))} ms`;
  };
  model.on("msg:custom", told);
  for (const show of [
    shows.strokes,
    showSeen,
    showAnswer,
    showLabels,
    showDrawings,
    showResult,
    showFolder,
    showMessage,
  ])
    show();
  const resized = new ResizeObserver(() => paper.paint());
  resized.observe(paper.canvas);
  return () => {
    for (const end of ends) end();
    model.off("msg:custom", told);
    resized.disconnect();
  };
}

export default { render };
