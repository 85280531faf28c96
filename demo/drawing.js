/* global document */
"use strict";

/* The paper that one draws on. */
globalThis.startDrawing = (pixels, { ink, changed }) => {
  const paper = document.getElementById("paper");
  const context = paper.getContext("2d", { willReadFrequently: true });
  const [undo, clear, pen, centre] = ["undo", "clear", "pen", "centre"].map((id) =>
    document.getElementById(id),
  );
  const inks = [...document.querySelectorAll("input[name=ink]")];
  /** Each stroke: its width and its points. */
  let strokes = [];
  /** The strokes that are being drawn, by pointer: every finger has its own. */
  const current = new Map();

  const colours = () =>
    inks.find((radio) => radio.checked).value === "white" ? ["#000", "#fff"] : ["#fff", "#000"];

  function paint() {
    const [ground, line] = colours();
    context.fillStyle = ground;
    context.fillRect(0, 0, paper.width, paper.height);
    context.strokeStyle = line;
    context.lineCap = context.lineJoin = "round";
    for (const { width, points } of strokes) {
      context.lineWidth = width;
      context.beginPath();
      context.moveTo(...points[0]);
      for (const point of points) context.lineTo(...point); // a single point is a dot
      context.stroke();
    }
    undo.disabled = clear.disabled = strokes.length === 0;
  }

  /** What is drawn, as `{ data, height, width }`; undefined where nothing is. */
  function picture() {
    if (strokes.length === 0) return undefined;
    const whole = context.getImageData(0, 0, paper.width, paper.height);
    if (!centre.checked) return whole;
    const [ground] = colours();
    const frame = pixels.frameOfInk(whole, ground === "#fff" ? 255 : 0);
    if (!frame) return whole;
    const copy = document.createElement("canvas");
    copy.width = copy.height = frame.side;
    const page = copy.getContext("2d");
    page.fillStyle = ground;
    page.fillRect(0, 0, frame.side, frame.side);
    page.drawImage(paper, -frame.left, -frame.top);
    return page.getImageData(0, 0, frame.side, frame.side);
  }

  function change() {
    paint();
    changed();
  }

  const pointOf = ({ clientX, clientY }) => {
    const { left, top, width, height } = paper.getBoundingClientRect();
    return [((clientX - left) / width) * paper.width, ((clientY - top) / height) * paper.height];
  };

  paper.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    paper.setPointerCapture(event.pointerId);
    const stroke = { width: Number(pen.value), points: [pointOf(event)] };
    current.set(event.pointerId, stroke);
    strokes.push(stroke);
    change();
  });
  paper.addEventListener("pointermove", (event) => {
    const stroke = current.get(event.pointerId);
    if (!stroke) return;
    const between = event.getCoalescedEvents?.() ?? [];
    for (const moved of between.length > 0 ? between : [event]) stroke.points.push(pointOf(moved));
    change();
  });
  for (const end of ["pointerup", "pointercancel"])
    paper.addEventListener(end, (event) => current.delete(event.pointerId));

  undo.addEventListener("click", () => {
    strokes.pop();
    change();
  });
  clear.addEventListener("click", () => {
    strokes = [];
    change();
  });
  centre.addEventListener("change", changed);
  for (const radio of inks) {
    radio.checked = radio.value === ink;
    radio.addEventListener("change", change);
  }
  paint();
  return { picture };
};
