/* eslint-disable @typescript-eslint/no-explicit-any -- cells of a notebook, not of the package */
{
  // Before the first cell: tslab only prints these; here they are kept for the next probe.
  const world = globalThis as any;
  world.__faults = [];
  const keep = (kind: string) => (error: any) => world.__faults.push(`${kind}: ${error?.stack ?? error}`);
  process.on("uncaughtException", keep("a throw that nobody caught"));
  process.on("unhandledRejection", keep("a rejected promise that nobody awaits"));
  world.__timers = () =>
    (process as any).getActiveResourcesInfo().filter((name: string) => name === "Timeout").length;
  world.__idleTimers = world.__timers();
  world.__emit = (mime: string, content: object) => {
    const [, jupyter] = Object.entries(require.cache).find(([file]) =>
      /tslab[\\/]dist[\\/]jupyter\.js$/.test(file),
    )!;
    jupyter!.exports.lastWriteDisplayData({
      data: { [mime]: content, "text/plain": mime },
      metadata: {},
      transient: {},
    });
  };
}
// ----
{
  // After each cell: let promises settle, then report.
  const world = globalThis as any;
  await new Promise((resolve) => setTimeout(resolve, 20));
  for (const message of world.__faults.splice(0))
    world.__emit("application/vnd.transfer-lab.fault+json", { message });
}
// ----
{
  // After the last cell: let timers that still run fire, then report faults, memory and widgets.
  const world = globalThis as any;
  const deadline = Date.now() + 5000;
  while (world.__timers() > world.__idleTimers && Date.now() < deadline)
    await new Promise((resolve) => setImmediate(resolve));
  for (const message of world.__faults.splice(0))
    world.__emit("application/vnd.transfer-lab.fault+json", { message });
  const loaded = (name: RegExp) =>
    Object.entries(require.cache).find(([file]) => name.test(file))?.[1]!.exports;
  const memory = loaded(/helpers[\\/]engine[\\/]memory\.js$/);
  if (memory) world.__emit("application/vnd.transfer-lab.memory+json", memory.leakedTensors());
  const widgets = loaded(/live[\\/]widget[\\/]models\.[jt]s$/)?.savedWidgets();
  if (widgets && Object.keys(widgets.state).length > 0)
    world.__emit("application/vnd.jupyter.widget-state+json", widgets);
}
