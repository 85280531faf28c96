/** What the page asks a pad for, by messages. What goes wrong is told in the widget. */
import type { DrawingPad } from "./pad";
import { unpackStrokes } from "./strokes";

/** What the page sends; an "add" comes with the strokes, for the state may be a moment behind. */
interface Request {
  do?: string;
  label?: string;
  id?: string;
  folder?: string;
  classes?: string[];
}

/** Does what the page asks. */
export async function doRequest(pad: DrawingPad, content: unknown, buffers: Uint8Array[]): Promise<void> {
  const request = (content ?? {}) as Request;
  try {
    pad.tell("");
    pad.tell((await answer(pad, request, buffers)) ?? "");
  } catch (error) {
    pad.tell((error as Error).message, true);
  }
}

/** @returns What the reader is told. */
async function answer(
  pad: DrawingPad,
  { do: what, label = "", id = "", folder, classes = [] }: Request,
  [strokes]: Uint8Array[],
): Promise<string | undefined> {
  if (what === "add") {
    const drawn = strokes && unpackStrokes(new Float32Array(strokes.slice().buffer));
    await (drawn && drawn.length > 0 ? pad.teach(drawn, label) : pad.add(label));
  } else if (what === "remove") pad.remove(id);
  else if (what === "classes") await pad.useClasses(classes);
  else if (what === "learn") await pad.learn();
  else if (what === "stop") pad.stop();
  else if (what === "forget") {
    await pad.forget();
    return "The network is as it came. The drawings are still here.";
  } else if (what === "save") return `Saved in ${await pad.save(folder)}`;
  else throw new Error(`Cannot do ${JSON.stringify(what)}: a pad knows no such thing.`);
  return undefined;
}
