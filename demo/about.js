/* global document, tf */
"use strict";

/* Who the network is: what its card says. */
globalThis.introduce = ({ card, title }) => {
  const { classes, input, temperature, accuracy } = card;
  const $ = (id) => document.getElementById(id);
  const percent = (share) => `${(100 * share).toFixed(1)} %`;
  const count = (n) => n.toLocaleString("en");
  const sets = card.trainedOn
    .map(({ set, examples }) => `${set} (${count(examples)} examples)`)
    .join(", then ");
  const size = `${input.height} × ${input.width} px`;

  function inAFewSentences() {
    const names = classes.length <= 12 ? `: ${classes.join(", ")}` : "";
    return [
      `A neural network that tells ${classes.length} classes apart${names}.`,
      sets && `Trained on ${sets}.`,
      accuracy && `It was right in ${percent(accuracy.value)} of ${count(accuracy.count)} test examples.`,
    ]
      .filter(Boolean)
      .join(" ");
  }

  function inDetail() {
    const interval = accuracy && `95 % interval ${percent(accuracy.low)} to ${percent(accuracy.high)}`;
    const channels = `${input.channels} ${input.channels === 1 ? "channel" : "channels"}`;
    return {
      Name: card.name,
      Classes: classes.slice(0, 100).join(", ") + (classes.length > 100 ? ", …" : ""),
      "Trained on": sets || "nothing that is known",
      Accuracy: accuracy && `${percent(accuracy.value)} on ${accuracy.on}, ${interval}`,
      Input: `${size}, ${channels}, values ${input.range.join("…")}`,
      Temperature: temperature?.toFixed(2),
      Licence: card.licence,
      Source: card.source,
      "Made with": `transfer-lab ${card.version}, TensorFlow.js ${tf.version.tfjs}`,
    };
  }

  document.title = `Try ${title}`;
  $("title").textContent = title;
  $("about").textContent = inAFewSentences();
  $("calibration").textContent =
    temperature === undefined
      ? "Not calibrated: read the percentages as scores. The network may be too sure of itself."
      : "Calibrated: of all that it is 80 % sure of, about 80 % should be right, for pictures like those it was trained on.";
  $("input-size").textContent = `${size}, ${input.channels === 1 ? "grey" : "in colour"}.`;
  for (const [term, text] of Object.entries(inDetail()))
    for (const [tag, textContent] of Object.entries({ dt: term, dd: text }))
      if (text) $("card").append(Object.assign(document.createElement(tag), { textContent }));
};
