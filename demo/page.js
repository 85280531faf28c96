/* global atob, createImageBitmap, document, IntersectionObserver, introduce, pixels, setTimeout, startDrawing,
   startNetwork, transferLab, URL */
"use strict";

/* The page: takes a picture from wherever it comes, asks the network, shows what it says. */
(() => {
  const { card, fit, ink, examples, areDrawn } = transferLab;
  const { classes, input } = card;
  const SHOWN = 5; // classes
  const LONGEST = 4096; // px: phones can't hold larger canvases

  const $ = (id) => document.getElementById(id);
  const percent = (share) => `${(100 * share).toFixed(1)} %`;

  function element(tag, properties = {}, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }

  function say(text, kind = "") {
    $("answer").textContent = $("brief").textContent = text;
    $("answer").className = kind;
    $("brief").classList.toggle("told", kind === "");
  }

  // On a small screen the answer is also said at the lower edge, until one has scrolled to it.
  new IntersectionObserver((changes) => {
    const { isIntersecting, boundingClientRect } = changes.at(-1);
    $("brief").classList.toggle("below", !isIntersecting && boundingClientRect.top > 0);
  }).observe($("answer"));

  const network = startNetwork(transferLab);

  // —— Asking and showing ——

  let waiting; // the latest picture that nobody has looked at yet
  let busy = false;

  /** Asks the network; of pictures that come faster than it answers, the last one counts.
   * @param image `{ data, height, width }`; nothing clears the answer. */
  async function ask(image) {
    waiting = { image };
    if (busy) return;
    busy = true;
    $("result").setAttribute("aria-busy", "true");
    try {
      const confidencesOf = await network;
      while (waiting) {
        const { image } = waiting;
        waiting = undefined;
        if (!image) invite();
        else {
          const seen = pixels.see(image, input, fit);
          show(seen, await confidencesOf(seen));
        }
        await new Promise((resolve) => setTimeout(resolve)); // the page is drawn in between
      }
    } catch (error) {
      say(`The network could not answer: ${error.message}`, "warning");
    } finally {
      busy = false;
      $("result").setAttribute("aria-busy", "false");
    }
  }

  function show(seen, shares) {
    const ranked = classes.map((name, i) => ({ name, share: shares[i] })).sort((a, b) => b.share - a.share);
    say(`${ranked[0].name}, ${percent(ranked[0].share)}`);
    $("bars").replaceChildren(...ranked.slice(0, SHOWN).map(bar));
    drawPixels($("input"), seen, input);
    $("seen").hidden = false;
  }

  function bar({ name, share }) {
    const fill = element("div", { className: "fill" });
    fill.style.width = `${100 * share}%`;
    const track = element("div", { className: "track" }, fill);
    track.setAttribute("aria-hidden", "true");
    return element(
      "li",
      {},
      element("span", { className: "name", textContent: name }),
      element("span", { className: "value", textContent: percent(share) }),
      track,
    );
  }

  function invite() {
    const drawing = $("drawing-pane").hidden === false;
    say(
      drawing ? "Draw something, and the network says what it takes it for." : "Choose a picture to begin.",
      "quiet",
    );
    clearAnswer();
  }

  function clearAnswer() {
    $("bars").replaceChildren();
    $("seen").hidden = true;
  }

  function drawPixels(canvas, bytes, size) {
    const { data, height, width } = pixels.opaque(bytes, size);
    Object.assign(canvas, { height, width });
    canvas.classList.toggle("blocky", Math.max(height, width) < 96);
    const context = canvas.getContext("2d");
    const image = context.createImageData(width, height);
    image.data.set(data);
    context.putImageData(image, 0, 0);
  }

  // —— Pictures ——

  async function takeFile(file) {
    if (!file) return; // nothing chosen, or text pasted
    choose("picture");
    try {
      const bitmap = await createImageBitmap(file);
      showPreview(URL.createObjectURL(file), file.name || "The picture you gave", bitmap.width < 96);
      await ask(dataOf(bitmap));
    } catch {
      clearPreview();
      clearAnswer();
      say(`${file.name || "That"} is no picture that this browser can read.`, "warning");
    }
  }

  /** The pixels of a picture, on white where it is transparent. */
  function dataOf(bitmap) {
    const shrink = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
    const width = Math.max(1, Math.round(shrink * bitmap.width));
    const height = Math.max(1, Math.round(shrink * bitmap.height));
    const canvas = element("canvas", { width, height });
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.fillStyle = "#fff";
    context.fillRect(0, 0, width, height);
    context.imageSmoothingQuality = "high";
    context.drawImage(bitmap, 0, 0, width, height);
    bitmap.close();
    return context.getImageData(0, 0, width, height);
  }

  function showPreview(address, words, isSmall) {
    clearPreview();
    Object.assign($("preview"), { src: address, alt: words, hidden: false });
    $("preview").classList.toggle("blocky", isSmall);
    $("invitation").querySelector("strong").textContent = "Choose another";
  }

  function clearPreview() {
    if ($("preview").src.startsWith("blob:")) URL.revokeObjectURL($("preview").src);
    $("preview").hidden = true;
    $("invitation").querySelector("strong").textContent = "Choose a picture";
    for (const button of $("example-list").querySelectorAll("button"))
      button.setAttribute("aria-pressed", "false");
  }

  function addExample({ label, pixels: text, ...size }, i) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const canvas = element("canvas");
    drawPixels(canvas, bytes, size);
    const words = `Example ${i + 1}: ${label}`;
    const button = element("button", { type: "button", title: label }, canvas);
    button.setAttribute("aria-label", words);
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      showPreview(canvas.toDataURL(), words, canvas.classList.contains("blocky"));
      button.setAttribute("aria-pressed", "true");
      void ask(pixels.opaque(bytes, size));
    });
    $("example-list").append(element("li", {}, button));
    $("examples").hidden = false;
  }

  $("file").addEventListener("change", (event) => {
    void takeFile(event.target.files[0]);
    event.target.value = ""; // so that the same file can be chosen again
  });
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("dragging");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) document.body.classList.remove("dragging");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("dragging");
    const [file] = event.dataTransfer.files;
    if (file) void takeFile(file);
    else say("That was no file. Save the picture, then drop it or choose it.", "warning");
  });
  document.addEventListener("paste", (event) => void takeFile(event.clipboardData.files[0]));

  // —— Picture or drawing ——

  const drawing = startDrawing(pixels, { ink, changed: () => void ask(drawing.picture()) });
  const ways = [...document.querySelectorAll("input[name=from]")];

  function choose(way) {
    for (const radio of ways) radio.checked = radio.value === way;
    $("picture-pane").hidden = way !== "picture";
    $("drawing-pane").hidden = way !== "drawing";
  }

  for (const radio of ways)
    radio.addEventListener("change", () => {
      choose(radio.value);
      clearPreview();
      void ask(radio.value === "drawing" ? drawing.picture() : undefined);
    });

  introduce(transferLab);
  examples.forEach(addExample);
  if (areDrawn) $("examples-heading").textContent = "Or take one of these, which a program has drawn:";
  network.then(
    () => {
      document.documentElement.dataset.ready = "true";
      if (!busy && $("bars").children.length === 0) invite();
    },
    (error) => say(`The network could not be loaded: ${error.message}`, "warning"),
  );
})();
