/** A bar, and a button that stops the work. */
export default {
  render({ model, el }) {
    const root = document.createElement("div");
    root.className = "work-bar";
    const [task, bar, words, stop] = ["span", "progress", "span", "button"].map((name) =>
      document.createElement(name),
    );
    stop.className = "stop";
    stop.textContent = "■ Stop";
    stop.title = "End the work after its next batch";
    stop.onclick = () => {
      stop.disabled = true;
      stop.textContent = "Stopping…";
      model.send("stop");
    };
    root.append(task, bar, stop, words);
    el.append(root);
    const draw = () => {
      task.textContent = model.get("task");
      words.textContent = model.get("words");
      bar.setAttribute("aria-label", model.get("task"));
      if (model.get("total") === null) return bar.removeAttribute("value");
      bar.max = model.get("total");
      bar.value = model.get("done");
    };
    const keys = ["task", "done", "total", "words"];
    for (const key of keys) model.on(`change:${key}`, draw);
    draw();
    return () => {
      for (const key of keys) model.off(`change:${key}`, draw);
    };
  },
};
