/** The places where tslab is changed: messages in, messages out, cells, SIGINT. */
import { originOf, type Socket, type Tslab, type TslabMessage } from "./tslab";
import type { Header } from "./wire";

/** In: `hear` gets every message first and says whether it took it. */
export function hearMessages(
  { server }: Tslab,
  hear: (frames: Uint8Array[], socket: Socket) => boolean,
): void {
  const { handleShellMessage } = server;
  server.handleShellMessage = async function (socket, ...frames) {
    if (!hear(frames, socket)) await handleShellMessage.call(this, socket, ...frames);
  };
}

/** Out: `amend` may change each of tslab's own messages before it is signed. */
export function amendMessages(
  { message }: Tslab,
  amend: (message: TslabMessage, socket: Socket) => void,
): void {
  const { signAndSend } = message;
  message.signAndSend = function (key, socket) {
    amend(this, socket);
    signAndSend.call(this, key, socket);
  };
}

/** Runs a cell, or other code in its place; its result, where thrown, fails the cell. */
export type Execute = (code?: string) => Promise<object>;

/** Cells: `around` is called when a cell's turn has come, with the header of its request. */
export function watchCells(tslab: Tslab, around: (cell: Header, execute: Execute) => Promise<object>): void {
  const { handler } = tslab;
  const { handleExecuteImpl } = handler;
  handler.handleExecuteImpl = function (request, writeStream, write) {
    const execute: Execute = (code = request.code) =>
      handleExecuteImpl.call(this, { ...request, code }, writeStream, write);
    return around(originOf(tslab, write).cell, execute);
  };
}

/** SIGINT: `interrupt` hears of it in place of tslab, whose own way to abandon a cell is handed to `got`. */
export function takeOverSigint(interrupt: () => void, got: (abandon: () => void) => void): void {
  // While the first, synchronous part of a cell runs, Node keeps the listeners aside.
  setImmediate(() => {
    const theirs = process
      .rawListeners("SIGINT")
      .find((listener) => /executor\.interrupt\(\)/.test(String(listener))) as (() => void) | undefined;
    if (!theirs) return;
    process.on("SIGINT", interrupt); // first: without a listener the signal ends the process
    process.removeListener("SIGINT", theirs);
    got(theirs);
  });
}
