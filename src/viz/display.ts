/** How outputs reach the reader. This file alone knows tslab. */

/** One output in several forms: MIME type → content; the front end shows the richest that it knows. */
export type Bundle = { "text/plain": string } & Record<string, unknown>;

export interface DisplayOptions {
  /** By MIME type, e.g. the size of a picture. */
  metadata?: Record<string, unknown>;
  /** Names the output, so that it can be changed later. */
  id?: string;
  /** Changes the output of that name in place of writing a new one. */
  update?: boolean;
}

interface KernelDisplay {
  (content: { data: object; metadata: object; transient: object }, update?: boolean): void;
}

/** The function of the running kernel that writes an output; undefined outside of a notebook. */
function kernelDisplay(): KernelDisplay | undefined {
  // The kernel may run from another folder than the package's own tslab, so ask what is loaded.
  for (const [file, loaded] of Object.entries(require.cache))
    if (/[\\/]tslab[\\/]dist[\\/]jupyter\.js$/.test(file)) {
      const display = (loaded?.exports as { lastWriteDisplayData?: KernelDisplay } | undefined)
        ?.lastWriteDisplayData;
      if (display) return display;
    }
  return undefined;
}

/** Whether this runs in a notebook. */
export function inNotebook(): boolean {
  return kernelDisplay() !== undefined;
}

/** Shows an output: in a notebook all its forms, elsewhere its text. */
export function display(data: Bundle, { metadata = {}, id, update = false }: DisplayOptions = {}): void {
  const show = kernelDisplay();
  if (show) show({ data, metadata, transient: id ? { display_id: id } : {} }, update);
  else console.log(data["text/plain"]);
}

/** Makes text safe inside HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]!);
}
