/** Draws the explorer: choosing a unit on the left, what is known of it on the right, a photograph below. */

function make(name, className, text) {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

function bytes(view) {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** A canvas with one picture; `index` is its place in a sheet. */
function picture({ height, width, rgb }, side, index = 0) {
  const canvas = make("canvas", "picture");
  canvas.width = width;
  canvas.height = height;
  const scale = side / Math.max(height, width);
  canvas.style.width = `${width * scale}px`;
  canvas.style.height = `${height * scale}px`;
  const from = bytes(rgb).subarray(index * height * width * 3);
  const data = new ImageData(width, height);
  for (let i = 0; i < height * width; i++) {
    for (let c = 0; c < 3; c++) data.data[4 * i + c] = from[3 * i + c];
    data.data[4 * i + 3] = 255;
  }
  canvas.getContext("2d").putImageData(data, 0, 0);
  return canvas;
}

function part(title, caption, ...content) {
  const box = make("div", "part");
  box.append(make("h4", "", title), ...content, make("p", "caption", caption));
  return box;
}

const SVG = "http://www.w3.org/2000/svg";
function svg(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

const CURVES = [
  ["straight", "edges and bars", "#4c78a8"],
  ["corner", "corners", "#e45756"],
  ["curve", "curves", "#54a24b"],
];

/** The strongest answer at each angle: far from the middle is strong. */
function polar(tuning) {
  const drawing = svg("svg", { viewBox: "-62 -62 124 124", width: 130, height: 130, role: "img" });
  for (const radius of [25, 50]) drawing.append(svg("circle", { r: radius, class: "grid" }));
  const labels = [
    ["0°", 56, 3],
    ["90°", 0, -54],
  ];
  for (const [text, x, y] of labels) {
    const label = svg("text", { x, y, class: "angle" });
    label.textContent = text;
    drawing.append(label);
  }
  const strongest = Math.max(1e-9, ...CURVES.flatMap(([key]) => tuning[key]));
  for (const [key, , colour] of CURVES) {
    const points = tuning.angles.map((angle, i) => {
      const radius = (50 * Math.max(0, tuning[key][i])) / strongest;
      const turned = (angle * Math.PI) / 180;
      return `${(radius * Math.cos(turned)).toFixed(1)},${(-radius * Math.sin(turned)).toFixed(1)}`;
    });
    drawing.append(
      svg("polygon", { points: points.join(" "), fill: "none", stroke: colour, "stroke-width": 2 }),
    );
  }
  const legend = make("div", "legend");
  for (const [, name, colour] of CURVES) {
    const entry = make("span", "", name);
    entry.style.color = colour;
    legend.append(entry);
  }
  const box = make("div", "tuning");
  box.append(drawing, legend);
  return box;
}

function render({ model, el }) {
  const root = make("div", "filter-explorer");
  const send = (changes) => {
    for (const [key, value] of Object.entries(changes)) model.set(key, value);
    model.save_changes();
  };

  const chooser = make("div", "chooser");
  const layerLabel = make("label", "", "Layer ");
  const layer = make("select", "layer");
  for (const { name, units } of model.get("layers")) {
    const option = make("option", "", `${name} (${units} units)`);
    option.value = name;
    layer.append(option);
  }
  layerLabel.append(layer);
  const unitLabel = make("label", "", " Unit ");
  const unit = make("input", "unit");
  unit.type = "number";
  unit.min = 0;
  unitLabel.append(unit);
  const grid = make("div", "grid-of-units");
  grid.tabIndex = 0;
  grid.setAttribute("role", "listbox");
  grid.setAttribute("aria-label", "Units: choose with the arrow keys");
  chooser.append(
    layerLabel,
    unitLabel,
    grid,
    make("p", "caption", "One picture for each unit: click, or use the arrow keys."),
  );

  const look = make("div", "look");
  const above = make("div", "above");
  above.append(chooser, look);

  const photoPart = make("div", "photo-part");
  const stage = make("div", "stage");
  stage.tabIndex = 0;
  stage.setAttribute("role", "application");
  stage.setAttribute("aria-label", "Photograph: point at a place, or move with the arrow keys");
  const canvas = make("canvas", "photo");
  stage.append(canvas);
  const controls = make("div", "controls");
  const [previous, next] = [make("button", "previous", "◀"), make("button", "next", "▶")];
  previous.setAttribute("aria-label", "Previous photograph");
  next.setAttribute("aria-label", "Next photograph");
  const name = make("span", "name");
  const overlayLabel = make("label", "", " show where the unit answers");
  const overlay = make("input", "overlay");
  overlay.type = "checkbox";
  overlay.checked = true;
  overlayLabel.prepend(overlay);
  controls.append(previous, name, next, overlayLabel);
  const left = make("div", "left");
  left.append(stage, controls);
  const answers = make("div", "answers");
  photoPart.append(left, answers);

  const line = make("div", "line");
  line.setAttribute("role", "status");
  root.dataset.lmSuppressShortcuts = "true";
  root.addEventListener("keydown", (event) => event.stopPropagation()); // else JupyterLab takes the arrow keys
  root.append(above, photoPart, line);
  el.append(root);

  const unitsOf = () => model.get("layers").find((one) => one.name === model.get("layer")).units;
  const go = (to) => send({ unit: Math.min(unitsOf() - 1, Math.max(0, to)) });
  layer.onchange = () => send({ layer: layer.value, unit: 0 });
  unit.onchange = () => go(Math.round(Number(unit.value) || 0));
  const columns = () => Math.max(1, Math.floor((grid.clientWidth - 4) / 34));
  grid.onkeydown = (event) => {
    const move = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns(), ArrowDown: columns() }[event.key];
    if (!move) return;
    event.preventDefault();
    go(model.get("unit") + move);
  };

  const drawChoice = () => {
    layer.value = model.get("layer");
    unit.value = model.get("unit");
    unit.max = unitsOf() - 1;
    [...grid.children].forEach((cell, i) => {
      const chosen = i === model.get("unit");
      cell.classList.toggle("chosen", chosen);
      cell.setAttribute("aria-selected", chosen);
    });
  };
  const drawGrid = () => {
    const thumbs = model.get("thumbs");
    const fits = thumbs && thumbs.layer === model.get("layer");
    grid.replaceChildren();
    for (let i = 0; i < unitsOf(); i++) {
      const cell = make("button", "cell");
      cell.tabIndex = -1;
      cell.title = `unit ${i}`;
      cell.setAttribute("role", "option");
      cell.append(fits && thumbs.sheet ? picture(thumbs.sheet, 28, i) : make("small", "", String(i)));
      cell.onclick = () => go(i);
      grid.append(cell);
    }
    drawChoice();
  };

  /** Stands where a picture will be. */
  const wait = () => {
    const box = make("div", "wait");
    if (!model.get("stopped")) return box;
    const again = make("button", "go-on", "Draw it");
    again.onclick = () => ((again.disabled = true), model.send("go on"));
    box.append(make("small", "", "Stopped."), again);
    return box;
  };

  const drawLook = () => {
    const seen = model.get("look");
    look.replaceChildren();
    if (!seen) return;
    look.append(
      make("h3", "", `Unit ${seen.unit} of ${seen.layer}`),
      make(
        "p",
        "caption",
        `It sees ${seen.sees.height}×${seen.sees.width} pixels of a photograph at a time.`,
      ),
    );
    const row = make("div", "row");
    if (seen.kernel)
      row.append(
        part(
          "Its kernel",
          `Its weights in colour; grey is no weight.${seen.turned ? " Batch norm turns its sign: shown as they count." : ""}`,
          picture(seen.kernel, 84),
        ),
      );
    if (seen.feeds.length > 0) {
      const feeds = make("div", "feeds");
      for (const feed of seen.feeds) {
        const button = make("button", "feed");
        button.append(picture(feed.weights, 36), make("small", "", `unit ${feed.unit}`));
        button.title = `Go to unit ${feed.unit} of ${seen.below}`;
        button.onclick = () => send({ layer: seen.below, unit: feed.unit });
        feeds.append(button);
      }
      row.append(
        part(
          "What feeds it",
          `Units of ${seen.below} that count most: orange excites, blue inhibits.`,
          feeds,
        ),
      );
    }
    const tuning = !seen.hasCensus
      ? ""
      : seen.tuning
        ? part(
            `Detects: ${seen.tuning.kind}`,
            `How strongly it answers to figures at each angle. Most to: ${seen.tuning.best}.`,
            polar(seen.tuning),
          )
        : part("Detects", "", wait());
    row.append(tuning);
    row.append(
      part(
        "Would like to see",
        "A picture made to excite it as much as possible.",
        seen.preferred ? picture(seen.preferred, 84) : wait(),
      ),
    );
    look.append(row);
    const patches = make("div", "patches");
    for (const patch of seen.patches) {
      const button = make("button", "patch");
      button.append(picture(patch.picture, 52));
      button.title = `Photograph ${patch.image}: answer ${patch.value.toFixed(2)}`;
      button.onclick = () =>
        send({
          image: patch.image,
          place: {
            x: middle(patch.box.left, patch.box.right, "width"),
            y: middle(patch.box.top, patch.box.bottom, "height"),
          },
        });
      patches.append(button);
    }
    look.append(
      part(
        "What excites it most",
        `Out of ${seen.searched < model.get("images") ? `${seen.searched} of the ` : ""}${model.get("images")} photographs, the strongest first. Click one to see where it is.`,
        patches,
      ),
    );
  };

  const middle = (from, to, side) =>
    Math.min(model.get("photo")[side] - 1, Math.max(0, Math.floor((from + to) / 2)));

  const SIDE = 256;
  /** The map in orange, one pixel a cell. */
  const mapPicture = ({ rows, columns, values }) => {
    const cells = make("canvas");
    [cells.width, cells.height] = [columns, rows];
    const data = new ImageData(columns, rows);
    bytes(values).forEach((value, i) => data.data.set([255, 120, 0, 0.75 * value], 4 * i));
    cells.getContext("2d").putImageData(data, 0, 0);
    return cells;
  };
  let [photoSeen, photoDrawn, mapSeen, mapDrawn] = [];
  const drawPhoto = () => {
    const photo = model.get("photo");
    if (!photo) return;
    if (photo !== photoSeen) [photoSeen, photoDrawn] = [photo, picture(photo.picture, SIDE)];
    const scale = SIDE / Math.max(photo.width, photo.height);
    [canvas.width, canvas.height] = [photo.width * scale, photo.height * scale];
    const context = canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.drawImage(photoDrawn, 0, 0, canvas.width, canvas.height);
    const map = model.get("map");
    if (overlay.checked && map && map.stride.x > 0) {
      if (map !== mapSeen) [mapSeen, mapDrawn] = [map, mapPicture(map)];
      context.drawImage(
        mapDrawn,
        (map.first.x - 0.5 * map.stride.x) * scale,
        (map.first.y - 0.5 * map.stride.y) * scale,
        map.columns * map.stride.x * scale,
        map.rows * map.stride.y * scale,
      );
    }
    const at = model.get("at");
    if (at && at.image === model.get("image")) {
      const { top, left: start, bottom, right } = at.box;
      for (const [colour, width] of [
        ["#000", 4],
        ["#fff", 2],
      ]) {
        context.strokeStyle = colour;
        context.lineWidth = width;
        context.strokeRect(start * scale, top * scale, (right - start) * scale, (bottom - top) * scale);
      }
    }
    name.textContent = `Photograph ${model.get("image")}: ${photo.name}`;
  };

  const drawAnswers = () => {
    const at = model.get("at");
    answers.replaceChildren(make("h4", "", "Who answers here?"));
    if (!at)
      return answers.append(
        make(
          "p",
          "caption",
          "Point at a place of the photograph: the box shows what units there see, and the units that answer most are listed.",
        ),
      );
    const strongest = Math.max(1e-9, at.answers[0].value);
    for (const { unit: number, value, share } of at.answers) {
      const button = make("button", "answer");
      const bar = make("span", "bar");
      bar.style.width = `${Math.max(0, (90 * value) / strongest)}px`;
      button.append(make("span", "who", `unit ${number}`), bar, make("span", "how", value.toFixed(2)));
      if (share !== null)
        button.title = `${Math.round(100 * share)} % of its strongest answer in all photographs`;
      button.onclick = () => go(number);
      answers.append(button);
    }
    answers.append(
      make(
        "p",
        "caption",
        `Units of ${at.layer} at the place in the box, the strongest first. Click one to go to it.`,
      ),
    );
  };

  let waiting = null;
  let sent = false;
  const point = (place) => {
    waiting = place;
    if (sent) return;
    sent = true;
    send({ place: waiting });
    waiting = null;
    setTimeout(() => {
      sent = false;
      if (waiting) point(waiting);
    }, 40);
  };
  const onPhoto = (event) => {
    const photo = model.get("photo");
    const box = canvas.getBoundingClientRect();
    const along = (at, from, size, pixels) =>
      Math.min(pixels - 1, Math.max(0, Math.floor(((at - from) / size) * pixels)));
    point({
      x: along(event.clientX, box.left, box.width, photo.width),
      y: along(event.clientY, box.top, box.height, photo.height),
    });
  };
  canvas.onpointermove = onPhoto;
  canvas.onpointerdown = onPhoto;
  stage.onkeydown = (event) => {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!move) return;
    event.preventDefault();
    const photo = model.get("photo");
    const { x, y } = model.get("place") ?? { x: photo.width >> 1, y: photo.height >> 1 };
    point({
      x: Math.min(photo.width - 1, Math.max(0, x + move[0])),
      y: Math.min(photo.height - 1, Math.max(0, y + move[1])),
    });
  };
  const turn = (by) => send({ image: (model.get("image") + by + model.get("images")) % model.get("images") });
  previous.onclick = () => turn(-1);
  next.onclick = () => turn(1);
  overlay.onchange = drawPhoto;

  const drawLine = () => {
    line.textContent = model.get("message") || model.get("busy");
    line.classList.toggle("wrong", model.get("message") !== "");
  };
  const drawing = {
    layer: drawGrid,
    unit: drawChoice,
    thumbs: drawGrid,
    look: drawLook,
    stopped: drawLook,
    photo: drawPhoto,
    image: drawPhoto,
    map: drawPhoto,
    at: () => (drawPhoto(), drawAnswers()),
    busy: drawLine,
    message: drawLine,
  };
  for (const [key, draw] of Object.entries(drawing)) model.on(`change:${key}`, draw);
  [drawGrid, drawLook, drawPhoto, drawAnswers, drawLine].forEach((draw) => draw());
  return () => {
    for (const [key, draw] of Object.entries(drawing)) model.off(`change:${key}`, draw);
  };
}

export default { render };
