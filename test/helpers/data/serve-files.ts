/** A web server on the loopback that knows ranges and versions, keeps a record, and breaks off when told to. */
import { createHash } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { whileServing } from "./make-files";

export interface Request {
  file: string;
  /** The first byte that was asked for. */
  from: number;
  /** How many bytes were sent. */
  sent: number;
}

export interface Server {
  address: string;
  files: Record<string, Buffer>;
  /** All requests so far, in order. */
  requests: Request[];
  /** The most that were answered at the same time. */
  mostAtOnce: number;
  /** Whether it tells versions apart and knows ranges. */
  knowsRanges: boolean;
  /** How many bytes of an answer are sent before the connection breaks; undefined for all. */
  breakAfter?: (request: Request, length: number) => number | undefined;
  /** An answer instead of the file. */
  status?: (request: Request) => number | undefined;
  headers: Record<string, string>;
}

/** Serves files by name while the work runs. */
export async function whileServingFiles(
  files: Record<string, Buffer>,
  work: (server: Server) => Promise<void>,
): Promise<void> {
  const server: Server = { address: "", files, requests: [], mostAtOnce: 0, knowsRanges: true, headers: {} };
  let atOnce = 0;
  await whileServing(
    (request, response) => {
      server.mostAtOnce = Math.max(server.mostAtOnce, ++atOnce);
      response.on("close", () => atOnce--);
      const file = decodeURIComponent(new URL(request.url!, "http://host").pathname.slice(1));
      const range = server.knowsRanges ? /^bytes=(\d+)-$/.exec(request.headers.range ?? "") : null;
      const record: Request = { file, from: Number(range?.[1] ?? 0), sent: 0 };
      server.requests.push(record);
      const content = server.files[file];
      const status = server.status?.(record) ?? (content ? (range ? 206 : 200) : 404);
      for (const [name, value] of Object.entries(server.headers)) response.setHeader(name, value);
      if (status >= 300) return void response.writeHead(status).end("<html>");
      if (record.from >= content.length && range) return void response.writeHead(416).end();
      const body = content.subarray(record.from);
      if (server.knowsRanges)
        response.setHeader("etag", `"${createHash("md5").update(content).digest("hex")}"`);
      if (range)
        response.setHeader("content-range", `bytes ${record.from}-${content.length - 1}/${content.length}`);
      response.writeHead(status, { "content-length": body.length });
      const end = server.breakAfter?.(record, body.length);
      record.sent = end ?? body.length;
      if (end === undefined) return void setTimeout(() => response.end(body), 5);
      response.write(body.subarray(0, end), () => void wait(50).then(() => response.destroy()));
    },
    async (address) => {
      server.address = address;
      await work(server);
    },
  );
}
