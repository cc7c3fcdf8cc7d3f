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
  /** Complete HTTP/1.1 requests, sent in turn by every connection: head and body apart, so that bodies are shared. */
  readonly requests: readonly (readonly Buffer[])[];
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

/** Sends until the time is over. A peer that closes after each answer, as the emulator does, is connected to anew. */
async function runConnection(load: Load, first: number, endsAt: number, latencies: number[]): Promise<void> {
  let next = first;
  let connection = await open(load.port);
  do {
    const sentAt = performance.now();
    if (connection.answer.wasLast) connection = await open(load.port);
    await ask(connection, load.requests[next % load.requests.length] ?? []);
    latencies.push(performance.now() - sentAt);
    next += load.connections;
  } while (performance.now() < endsAt);
  connection.socket.destroy();
}

interface Connection {
  readonly socket: Socket;
  readonly answer: AnswerReader;
}

function open(port: number): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      socket.on("error", () => socket.destroy());
      resolve({ socket, answer: new AnswerReader() });
    });
  });
}

function ask({ socket, answer }: Connection, parts: readonly Buffer[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (error?: Error) => {
      socket.off("data", onData).off("close", onClose);
      if (error) reject(error);
      else resolve();
    };
    const onClose = () => finish(new Error("the peer closed in the middle of an answer"));
    const onData = (piece: Buffer) => {
      try {
        if (answer.take(piece)) finish();
      } catch (thrown) {
        finish(thrown as Error); // AnswerReader throws Errors alone
      }
    };
    socket.on("data", onData).on("close", onClose);
    for (const part of parts) socket.write(part);
  });
}

const LAST_CHUNK = Buffer.from("\r\n0\r\n\r\n");

/** Counts an answer's bytes without keeping its body. */
class AnswerReader {
  #head: Buffer = Buffer.alloc(0);
  #left: number | undefined;
  /** The peer said that it closes. */
  wasLast = false;

  /** The last bytes of an answer in chunks, whose length nobody tells. */
  #tail: Buffer = Buffer.alloc(0);

  /** True when the piece completes an answer. */
  take(piece: Buffer): boolean {
    if (this.#left === undefined) {
      this.#head = this.#head.length === 0 ? piece : Buffer.concat([this.#head, piece]);
      const headEnd = this.#head.indexOf("\r\n\r\n");
      if (headEnd < 0) return false;
      this.wasLast = /\r\nconnection: close/i.test(this.#head.toString("latin1", 0, headEnd));
      const head = this.#head.toString("latin1", 0, headEnd);
      this.#left = isChunked(head)
        ? Number.POSITIVE_INFINITY
        : contentLength(head, this.#head) - (this.#head.length - headEnd - 4);
    } else this.#left -= piece.length;
    if (this.#left > 0 && !(this.#left === Number.POSITIVE_INFINITY && this.#isLastChunk(piece))) return false;
    this.#head = Buffer.alloc(0);
    this.#left = undefined;
    this.#tail = Buffer.alloc(0);
    return true;
  }

  /** One request is in flight, so nothing follows the end of its answer. */
  #isLastChunk(piece: Buffer): boolean {
    this.#tail = Buffer.concat([this.#tail, piece]).subarray(-LAST_CHUNK.length);
    return this.#tail.equals(LAST_CHUNK);
  }
}

const isChunked = (head: string): boolean =>
  head.startsWith("HTTP/1.1 200") && /\r\ntransfer-encoding: chunked/i.test(head);

function contentLength(head: string, all: Buffer): number {
  if (!head.startsWith("HTTP/1.1 200")) throw new Error(`unexpected answer: ${all.toString("latin1", 0, 500)}`);
  const length = /content-length: (\d+)/i.exec(head)?.[1];
  if (length === undefined) throw new Error(`an answer without a length: ${head}`);
  return Number(length);
}
