/** Widgets where nothing runs. */

/** What a page shows that runs nothing. */
export interface Still {
  /** MIME type → content. */
  data: { "text/plain": string } & Record<string, unknown>;
  metadata?: Record<string, unknown>;
}

/** A state in words. */
export function stillOfState(name: string, state: object): Still {
  const values = Object.entries(state).map(([key, value]) => `${key}: ${inWords(value)}`);
  const text = `${name}(${values.join(", ")})`;
  return { data: { "text/plain": text, "text/html": `<code>${escapeHtml(text)}</code>` } };
}

function inWords(value: unknown): string {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `${value.byteLength} bytes`;
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]!);
}
