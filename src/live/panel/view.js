// Draws the freeze panel: everything on it comes from the state, so that a page that is loaded again shows the same.

const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes (functions become listeners) and what is in it. */
function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function s(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes))
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const count = (n) => n.toLocaleString("en");
const percent = (share, digits = 1) => `${(100 * share).toFixed(digits)} %`;

/** 24100000 → "24 million". */
function large(n) {
  for (const [size, name] of [
    [1e9, "billion"],
    [1e6, "million"],
    [1e3, "thousand"],
  ])
    if (n >= size) return `${Number((n / size).toPrecision(2))} ${name}`;
  return String(Math.round(n));
}

const milliseconds = (ms) => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;

const KINDS = [
  ["straight", "straight edges"],
  ["corner", "corners"],
  ["curve", "curves"],
  ["other", "other"],
];

function layerTable(model, set) {
  const body = h("tbody");
  const table = h(
    "table",
    { class: "layers" },
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        h("th", { scope: "col" }, "frozen"),
        h("th", { scope: "col" }, "layer"),
        h("th", { scope: "col" }, "output"),
        h("th", { scope: "col", class: "number" }, "parameters"),
        h("th", { scope: "col" }, "its units detect"),
      ),
    ),
    body,
  );

  const toggle = (row) => {
    const frozen = model.get("frozen");
    const isFrozen = row.layers.every((name) => frozen.includes(name));
    const order = model.get("rows").flatMap(({ layers }) => layers);
    const next = isFrozen
      ? frozen.filter((name) => !row.layers.includes(name))
      : order.filter((name) => frozen.includes(name) || row.layers.includes(name));
    set({ frozen: next });
  };

  const drawRow = (row, index, rows) => {
    const box = h("input", {
      type: "checkbox",
      role: "switch",
      class: "frozen",
      "aria-label": `${row.name} frozen`,
      "data-layer": row.name,
      change: () => toggle(row),
    });
    const place =
      index === 0 ? "nearest the input" : index === rows.length - 1 && row.name !== "head" ? "the head" : "";
    const end = place && h("small", { class: "place" }, place);
    return h(
      "tr",
      { "data-layer": row.name },
      h("td", { class: "switch" }, h("label", {}, box, h("span", { class: "says" }))),
      h("th", { scope: "row" }, row.name, end || null, h("small", { class: "kind" }, row.kind)),
      h("td", {}, row.outputShape.join(" × ")),
      h("td", { class: "number" }, count(row.parameters)),
      h(
        "td",
        { class: "detects" },
        row.shares ? shareBar(row.shares) : null,
        h("span", {}, row.detects || "–"),
      ),
    );
  };

  const drawRows = () => {
    body.replaceChildren(...model.get("rows").map(drawRow));
    drawSwitches();
  };
  const drawSwitches = () => {
    const frozen = model.get("frozen");
    model.get("rows").forEach((row, i) => {
      const tr = body.children[i];
      const box = tr.querySelector("input");
      const of = row.layers.filter((name) => frozen.includes(name)).length;
      box.checked = of === row.layers.length;
      box.indeterminate = of > 0 && !box.checked;
      tr.classList.toggle("is-frozen", box.checked);
      tr.querySelector(".says").textContent = box.checked
        ? "frozen"
        : box.indeterminate
          ? "in part"
          : "trains";
    });
  };
  return { table, drawRows, drawSwitches };
}

function shareBar(shares) {
  const parts = KINDS.map(([kind, name]) =>
    h("i", {
      class: kind,
      style: `width:${100 * shares[kind]}%`,
      title: `${name}: ${percent(shares[kind], 0)}`,
    }),
  );
  return h("span", { class: "shares", "aria-hidden": "true" }, ...parts);
}

function presets(model, set) {
  const names = () => model.get("rows").flatMap(({ layers }) => layers);
  const upTo = h("select", {
    class: "up-to",
    change: () => {
      const rows = model.get("rows");
      const end = rows.findIndex(({ name }) => name === upTo.value);
      if (end >= 0) set({ frozen: rows.slice(0, end + 1).flatMap(({ layers }) => layers) });
    },
  });
  const headOnly = () =>
    set({
      frozen: model
        .get("rows")
        .slice(0, -1)
        .flatMap(({ layers }) => layers),
    });
  const one = h(
    "button",
    { class: "option-1", type: "button", click: headOnly },
    "Option 1: train the head only",
  );
  const two = h(
    "button",
    { class: "option-2", type: "button", click: () => set({ frozen: [] }) },
    "Option 2: train all",
  );
  const drawChoices = () =>
    upTo.replaceChildren(
      h("option", { value: "" }, "choose a layer"),
      ...model
        .get("rows")
        .slice(0, -1)
        .map(({ name }) => h("option", { value: name }, name)),
    );
  const draw = () => {
    const rows = model.get("rows");
    const frozen = model.get("frozen");
    one.setAttribute("aria-pressed", frozen.join() === names().slice(0, -rows.at(-1).layers.length).join());
    two.setAttribute("aria-pressed", frozen.length === 0);
    const end = rows.find(
      (_, i) =>
        frozen.join() ===
        rows
          .slice(0, i + 1)
          .flatMap(({ layers }) => layers)
          .join(),
    );
    upTo.value = end?.name ?? "";
  };
  const bar = h("div", { class: "presets" }, one, two, h("label", {}, "Freeze up to ", upTo));
  return { bar, drawChoices, draw };
}

/** A slider over a list of values; a value that is none of them is shown, too. */
function slider(model, set, key, label, write) {
  const input = h("input", { type: "range", min: 0, step: 1, class: key });
  const says = h("output", { class: `${key}-value` });
  input.addEventListener("input", () => set({ [key]: model.get("choices")[key][Number(input.value)] }));
  const draw = () => {
    const values = model.get("choices")[key];
    const value = model.get(key);
    const nearest = values.reduce(
      (best, one, i) =>
        Math.abs(Math.log(one / value)) < Math.abs(Math.log(values[best] / value)) ? i : best,
      0,
    );
    input.max = values.length - 1;
    input.value = nearest;
    input.disabled = model.get("status") !== "ready";
    input.setAttribute("aria-valuetext", write(value));
    says.textContent = write(value);
  };
  return { box: h("label", { class: "slider" }, h("span", {}, label, " ", says), input), draw };
}

const WIDE = 420;
const HIGH = 190;
const LEFT = 50;
const RIGHT = 20;
const TOP = 26;
const BOTTOM = 36;

/** The whole step of 1, 2 or 5 that gives about `parts` parts. */
function stepFor(range, parts) {
  const size = 10 ** Math.floor(Math.log10(range / parts));
  return [1, 2, 5, 10].map((digit) => digit * size).find((step) => range / step <= parts + 0.5);
}

function ticks(high, parts) {
  const step = stepFor(high, parts);
  return Array.from({ length: Math.floor(high / step + 1e-6) + 1 }, (_, i) =>
    Number((i * step).toPrecision(6)),
  );
}

/** One chart: axes with labels, a line, and points. */
function drawChart({ title, xHigh, yHigh, yTicks, write, line, points }) {
  const x = (step) => LEFT + ((WIDE - LEFT - RIGHT) * step) / xHigh;
  const y = (value) => HIGH - BOTTOM - (HIGH - TOP - BOTTOM) * Math.min(1, value / yHigh);
  const path = line.map(([step, value], i) => `${i ? "L" : "M"}${x(step).toFixed(1)} ${y(value).toFixed(1)}`);
  const dots =
    line.length === 1 ? line.map(([a, b]) => s("circle", { class: "dot", cx: x(a), cy: y(b), r: 2 })) : [];
  return s(
    "svg",
    { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": title },
    s("text", { x: LEFT, y: 14, class: "title" }, title),
    ...yTicks.flatMap((value) => [
      s("line", { class: "grid", x1: LEFT, x2: WIDE - RIGHT, y1: y(value), y2: y(value) }),
      s("text", { class: "tick", x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, write(value)),
    ]),
    ...ticks(xHigh, 5).map((step) =>
      s("text", { class: "tick", x: x(step), y: HIGH - BOTTOM + 15, "text-anchor": "middle" }, count(step)),
    ),
    s("line", { class: "axis", x1: LEFT, x2: WIDE - RIGHT, y1: y(0), y2: y(0) }),
    s("text", { class: "tick", x: (LEFT + WIDE - RIGHT) / 2, y: HIGH - 4, "text-anchor": "middle" }, "step"),
    s("path", { class: "line", d: path.join("") }),
    ...dots,
    ...points.flatMap(([step, value], i) => [
      s("circle", { class: "test", cx: x(step), cy: y(value), r: 4.5 }),
      i === points.length - 1
        ? s(
            "text",
            { class: "test-value", x: x(step) - 8, y: y(value) + 18, "text-anchor": "end" },
            percent(value),
          )
        : null,
    ]),
  );
}

function charts(model) {
  const box = h("div", { class: "charts" });
  const draw = () => {
    const curve = model.get("curve");
    const xHigh = Math.max(1, model.get("curveSteps"));
    const highest = Math.max(0.1, ...curve.map(({ loss }) => loss));
    const step = stepFor(highest, 4);
    const yHigh = Math.ceil(highest / step - 1e-9) * step;
    const share = {
      title: "accuracy",
      xHigh,
      yHigh: 1,
      yTicks: [0, 0.25, 0.5, 0.75, 1],
      write: (v) => percent(v, 0),
    };
    box.replaceChildren(
      drawChart({
        title: "loss (cross-entropy, nats)",
        xHigh,
        yHigh,
        yTicks: ticks(yHigh, 4),
        write: String,
        line: curve.map((point) => [point.step, point.loss]),
        points: [],
      }),
      drawChart({
        ...share,
        line: curve.map((point) => [point.step, point.accuracy]),
        points: model.get("tests").map((point) => [point.step, point.accuracy]),
      }),
    );
  };
  const legend = h(
    "div",
    { class: "legend" },
    h("span", { class: "on-training" }, "training examples, mean of 5 steps"),
    h(
      "span",
      { class: "on-test" },
      `${count(model.get("testExamples"))} test images that no step trained on`,
    ),
  );
  return { box: h("div", {}, box, legend), draw };
}

async function copyText(text) {
  try {
    await window.navigator.clipboard.writeText(text);
  } catch {
    // Pages that came without https have no clipboard.
    const area = h("textarea", {}, text);
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

function historyTable(model, set) {
  const body = h("tbody");
  const heads = ["", "frozen", "examples", "rate", "steps", "trained", "test accuracy", "seconds", "as code"];
  const table = h(
    "table",
    { class: "history" },
    h("thead", {}, h("tr", {}, ...heads.map((head) => h("th", { scope: "col" }, head)))),
    body,
  );
  const box = h(
    "div",
    { class: "tried" },
    h("h4", {}, "Tried so far"),
    h(
      "p",
      { class: "none" },
      "Nothing yet. Each training adds a row here; choose its number to bring its settings back.",
    ),
    table,
  );
  const recall = ({ frozen, settings }) =>
    set({
      frozen,
      examples: settings.examples,
      learningRate: settings.learningRate,
      steps: settings.steps,
      continues: settings.continue === true,
    });
  const drawRun = (run, i, runs) => {
    const { settings, code } = run;
    const best = Math.max(...runs.map(({ testAccuracy }) => testAccuracy));
    const copied = h(
      "button",
      { type: "button", class: "copy", title: code, "aria-label": `Copy the code of ${i + 1}` },
      "Copy",
    );
    copied.addEventListener("click", async (event) => {
      event.stopPropagation();
      await copyText(code);
      copied.textContent = "Copied";
      setTimeout(() => (copied.textContent = "Copy"), 1500);
    });
    const use = h(
      "button",
      {
        type: "button",
        class: "recall",
        "aria-label": `Settings ${i + 1} again`,
        title: "Bring these settings back",
      },
      `${i + 1}`,
    );
    use.disabled = model.get("status") !== "ready";
    const margin = (100 * (run.high - run.low)) / 2;
    return h(
      "tr",
      {
        title: "Bring these settings back",
        class: run.testAccuracy === best && runs.length > 1 ? "best" : undefined,
        click: () => model.get("status") === "ready" && recall(run),
      },
      h("td", {}, use),
      h("td", { class: "words" }, run.inWords),
      h("td", {}, count(settings.examples)),
      h("td", {}, String(settings.learningRate)),
      h("td", {}, run.stopped ? `${run.stepsDone} of ${settings.steps}` : String(settings.steps)),
      h("td", {}, count(run.trainable)),
      h("td", { class: "accuracy" }, percent(run.testAccuracy), h("small", {}, ` ± ${margin.toFixed(1)}`)),
      h("td", {}, run.seconds === null ? "–" : run.seconds.toFixed(1)),
      h("td", {}, copied),
    );
  };
  const draw = () => {
    const runs = model.get("history");
    box.classList.toggle("is-empty", runs.length === 0);
    body.replaceChildren(...runs.map(drawRun).reverse());
  };
  return { box, draw };
}

function glance(model) {
  const trains = h("strong", { class: "trainable" });
  const share = h("i");
  const cost = h("span", { class: "cost" });
  const draw = () => {
    const [trainable, total] = [model.get("trainable"), model.get("total")];
    trains.textContent = count(trainable);
    rest.textContent = ` of ${count(total)} parameters train`;
    share.style.width = `${(100 * trainable) / total}%`;
    const { multiplyAdds, most, stepMs } = model.get("cost");
    const part =
      most > 0 && multiplyAdds < most
        ? `, ${percent(multiplyAdds / most, multiplyAdds / most < 0.1 ? 1 : 0)} of training all`
        : "";
    const measured = stepMs === null ? "not measured yet" : `${milliseconds(stepMs)} measured`;
    cost.textContent = `A step: ${measured}; about ${large(multiplyAdds)} multiply-adds estimated${part}`;
  };
  const rest = h("span");
  const bar = h("span", { class: "share", "aria-hidden": "true" }, share);
  return { box: h("div", { class: "glance" }, h("div", {}, trains, rest, bar), cost), draw };
}

function controls(model, set) {
  const button = (name, label, title) =>
    h("button", { type: "button", class: name, title, click: () => model.send({ action: name }) }, label);
  const train = button("train", "Train", "Train with these settings");
  const stop = button("stop", "Stop", "End the training at the next step");
  const reset = button("reset", "Reset", "Put the parameters back to those that the panel was made with");
  const goOn = h("input", {
    type: "checkbox",
    class: "continues",
    change: () => set({ continues: goOn.checked }),
  });
  const says = h("span", { class: "status", role: "status" });
  const draw = () => {
    const status = model.get("status");
    const ready = status === "ready";
    train.disabled = goOn.disabled = !ready;
    stop.disabled = status !== "training";
    goOn.checked = model.get("continues");
    const step = model.get("curve").at(-1)?.step ?? 0;
    says.textContent = ready
      ? ""
      : status === "training"
        ? `Training, step ${count(step)} of ${count(model.get("curveSteps"))}`
        : "Testing …";
  };
  const tick = h(
    "label",
    { title: "Else each training begins with the parameters that the panel was made with" },
    goOn,
    " Continue from here",
  );
  return { box: h("div", { class: "controls" }, train, stop, reset, tick, says), draw };
}

export default {
  render({ model, el }) {
    const set = (changes) => {
      for (const [key, value] of Object.entries(changes)) model.set(key, value);
      model.save_changes();
    };
    const preset = presets(model, set);
    const layers = layerTable(model, set);
    const summary = glance(model);
    const sliders = [
      slider(model, set, "examples", "Training examples:", count),
      slider(model, set, "learningRate", "Learning rate:", String),
      slider(model, set, "steps", "Steps:", count),
    ];
    const buttons = controls(model, set);
    const message = h("p", { class: "message", role: "status" });
    const chart = charts(model);
    const history = historyTable(model, set);
    const sliderBox = h("div", { class: "sliders" }, ...sliders.map(({ box }) => box));
    const parts = [
      preset.bar,
      layers.table,
      summary.box,
      sliderBox,
      buttons.box,
      message,
      chart.box,
      history.box,
    ];
    // Else JupyterLab takes the arrow keys from the sliders.
    const keep = (event) => event.stopPropagation();
    const own = { class: "freeze-panel", "data-lm-suppress-shortcuts": "true", keydown: keep };
    el.replaceChildren(h("div", own, ...parts));

    const drawSliders = () => sliders.forEach(({ draw }) => draw());
    const drawMessage = () => (message.textContent = model.get("message"));
    const drawRows = () => {
      preset.drawChoices();
      layers.drawRows();
      preset.draw();
    };
    const listeners = {
      rows: [drawRows],
      frozen: [layers.drawSwitches, preset.draw],
      examples: [drawSliders],
      learningRate: [drawSliders],
      steps: [drawSliders],
      continues: [buttons.draw],
      status: [buttons.draw, drawSliders, history.draw],
      trainable: [summary.draw],
      cost: [summary.draw],
      curve: [chart.draw, buttons.draw],
      curveSteps: [chart.draw],
      tests: [chart.draw],
      history: [history.draw],
      message: [drawMessage],
    };
    for (const [key, draws] of Object.entries(listeners))
      for (const draw of draws) model.on(`change:${key}`, draw);
    for (const draw of [
      drawRows,
      drawSliders,
      buttons.draw,
      summary.draw,
      chart.draw,
      history.draw,
      drawMessage,
    ])
      draw();
    return () => {
      for (const [key, draws] of Object.entries(listeners))
        for (const draw of draws) model.off(`change:${key}`, draw);
    };
  },
};
