import { connect, type Socket } from "node:net";

/** What a run of requests over keep-alive connections came to. */
export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly medianMs: number;
  readonly p99Ms: number;
}

export interface Load {
  readonly port: number;
  /** Complete HTTP/1.1 requests, sent in turn by every connection. */
  readonly requests: readonly Buffer[];
  readonly connections: number;
  readonly seconds: number;
  /** Uncounted seconds first. */
  readonly warmupSeconds?: number;
}

/**
 * A load generator that costs little itself: prepared bytes, raw sockets, one request in flight a connection. It
 * reads only the status line and content-length of an answer, and any status but 200 ends the run with an error.
 */
export async function runLoad(load: Load): Promise<LoadResult> {
  if (load.warmupSeconds) await runLoad({ ...load, seconds: load.warmupSeconds, warmupSeconds: 0 });
  const latencies: number[] = [];
  const started = performance.now();
  const endsAt = started + load.seconds * 1000;
  await Promise.all(Array.from({ length: load.connections }, (_, at) => runConnection(load, at, endsAt, latencies)));
  const seconds = (performance.now() - started) / 1000;
  latencies.sort((a, b) => a - b);
  return {
    requests: latencies.length,
    seconds,
    perSecond: latencies.length / seconds,
    medianMs: latencies[Math.floor(latencies.length / 2)] ?? 0,
    p99Ms: latencies[Math.floor(latencies.length * 0.99)] ?? 0,
  };
}

function runConnection(load: Load, first: number, endsAt: number, latencies: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port: load.port, host: "127.0.0.1", noDelay: true });
    let next = first;
    let sentAt = 0;
    let pending: Buffer = Buffer.alloc(0);
    const send = () => {
      sentAt = performance.now();
      socket.write(load.requests[next++ % load.requests.length] as Buffer); // at least one request is given
    };
    socket.on("connect", send);
    socket.on("error", reject);
    socket.on("data", (piece) => {
      pending = pending.length === 0 ? piece : Buffer.concat([pending, piece]);
      const end = answerEnd(pending);
      if (end === undefined) return;
      if (end instanceof Error) return void socket.destroy(end);
      pending = pending.subarray(end);
      const now = performance.now();
      latencies.push(now - sentAt);
      if (now < endsAt) send();
      else {
        socket.end();
        resolve();
      }
    });
  });
}

/** Where the first answer in the bytes ends; undefined while it is not all there. */
function answerEnd(bytes: Buffer): number | Error | undefined {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const head = bytes.toString("latin1", 0, headEnd);
  if (!head.startsWith("HTTP/1.1 200")) return new Error(`unexpected answer: ${bytes.toString("latin1", 0, 500)}`);
  const length = /content-length: (\d+)/i.exec(head)?.[1];
  if (length === undefined) return new Error(`an answer without a length: ${head}`);
  const end = headEnd + 4 + Number(length);
  return bytes.length >= end ? end : undefined;
}
