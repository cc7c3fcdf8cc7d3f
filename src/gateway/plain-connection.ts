import type { Socket } from "node:net";
import { LIMITS } from "../base/index.js";
import type { OnRequest } from "./http.js";
import { readingIntoLent } from "./lent-reads.js";
import { MOST_AWAITED_BYTES, PlainUpload } from "./plain-body.js";
import { MOST_PLAIN_HEAD_BYTES, type PlainHead, PlainHeads, PlainRequest } from "./plain-request.js";
import { type PlainChannel, PlainResponse } from "./plain-response.js";

export const KEEP_ALIVE_MS = 65_000;

/** A request in more pieces than this is in no hurry: `node:http` has the clocks for those. */
const MOST_PIECES = 16;
/** What a client may send ahead of its answers before it is not read any more. */
const MOST_AHEAD_BYTES = MOST_PLAIN_HEAD_BYTES + MOST_AWAITED_BYTES;

const HEAD_END = "\r\n\r\n";
const NOTHING = Buffer.alloc(0);

export interface PlainLane {
  /** Takes a connection that said something not plain, with all that it said and was not answered. */
  readonly handOver: (socket: Socket, bytes: Buffer, isFirst: boolean) => void;
  readonly date: () => string;
  readonly connections: Set<PlainConnection>;
  readonly turn: PlainTurn;
}

/**
 * The requests of one turn of the event loop: all that came is read first and answered then, one after the other. What
 * is asked once for all of them, as whether a database changed, is so asked after the last of them had come.
 */
export class PlainTurn {
  readonly #onRequest: OnRequest;
  #came: Parameters<OnRequest>[] = [];

  constructor(onRequest: OnRequest) {
    this.#onRequest = onRequest;
  }

  add(...came: Parameters<OnRequest>): void {
    this.#came.push(came);
    if (this.#came.length === 1) setImmediate(() => this.#answer());
  }

  #answer(): void {
    const came = this.#came;
    this.#came = [];
    for (const [request, response, expectsContinue] of came) this.#onRequest(request, response, expectsContinue);
  }
}

/**
 * One connection as long as all that comes over it is plain: whole requests in the one form that clients send all day,
 * read in one pass and answered in one write, one after the other. The first byte that could be read in two ways, and
 * all that takes time, ends the lane for good: the connection goes to `node:http` with every byte that was not
 * answered. So nothing is decided here that a stricter parser would refuse.
 */
export class PlainConnection implements PlainChannel {
  readonly socket: Socket;
  readonly keepAliveSeconds = KEEP_ALIVE_MS / 1000;
  readonly #lane: PlainLane;
  readonly #heads = new PlainHeads();
  /** Came and is not used yet. */
  #held: Buffer = NOTHING;
  /** What is held lies in memory that the next read overwrites. */
  #isLent = false;
  #isHandedOver = false;
  #pieces = 0;
  /** The request whose body is coming. */
  #upload: PlainUpload | undefined;
  #isAnswering = false;
  #isClosing = false;
  /** Nothing was answered yet. */
  #isFirst = true;
  #reads = 0;
  /** What had moved when it was last looked at, and for how long nothing has since. */
  #moved = 0;
  #quietMs = 0;
  readonly #onEnd = () => {
    this.#upload?.cut();
    this.close();
  };

  /** The socket has not read anything yet. */
  constructor(born: Socket, lane: PlainLane) {
    const socket = readingIntoLent(
      born,
      (piece) => this.#take(piece),
      () => this.#upload?.room,
    );
    this.socket = socket;
    this.#lane = lane;
    lane.connections.add(this);
    socket.on("error", destroy);
    socket.on("close", () => {
      lane.connections.delete(this);
      this.#upload?.cut();
    });
    socket.on("end", this.#onEnd);
  }

  date(): string {
    return this.#lane.date();
  }

  /** Ends the connection when nothing is being answered, else after the answer. */
  close(): void {
    this.#isClosing = true;
    if (!this.#isAnswering) this.socket.end();
  }

  ended(isLast: boolean): void {
    this.#isAnswering = false;
    if (this.#upload !== undefined) return void this.socket.destroySoon(); // nobody reads the rest
    if (isLast || this.#isClosing) return void this.socket.end();
    if (this.socket.isPaused()) this.socket.resume();
    if (this.#held.length > 0) setImmediate(() => this.#look());
  }

  #take(piece: Buffer): boolean {
    if (this.#isHandedOver) return this.socket.push(Buffer.from(piece));
    this.#reads += 1;
    const rest = this.#upload === undefined ? piece : this.#flow(this.#upload, piece);
    if (rest.length === 0) return true;
    this.#isLent = this.#held.length === 0;
    this.#held = this.#isLent ? rest : Buffer.concat([this.#held, rest]);
    if (!this.#isAnswering) this.#look();
    else if (this.#held.length > MOST_AHEAD_BYTES) this.socket.pause();
    this.#held = this.#own(this.#held);
    this.#isLent = false;
    return true;
  }

  #own(bytes: Buffer): Buffer {
    return this.#isLent && bytes.length > 0 ? Buffer.from(bytes) : bytes;
  }

  /** Answers the first request of what came, waits for the rest of it, or gives it all to `node:http`. */
  #look(): void {
    const bytes = this.#held;
    if (this.#isAnswering || this.socket.destroyed || this.socket.writableEnded || bytes.length === 0) return;
    const text = bytes.toString("latin1", 0, MOST_PLAIN_HEAD_BYTES + HEAD_END.length);
    const headEnd = text.indexOf(HEAD_END);
    if ((headEnd < 0 ? bytes.length : headEnd) > MOST_PLAIN_HEAD_BYTES || !isLetter(bytes[0])) this.#handOver();
    else if (headEnd < 0) this.#wait();
    else {
      const head = this.#heads.read(text.slice(0, headEnd + 2));
      if (head === undefined) this.#handOver();
      else this.#answer(head, bytes, headEnd + HEAD_END.length);
    }
  }

  #answer(head: PlainHead, bytes: Buffer, bodyAt: number): void {
    const end = bodyAt + head.bodyBytes;
    const isWhole = bytes.length >= end;
    if (head.bodyBytes > MOST_AWAITED_BYTES || (head.expectsContinue && !isWhole))
      return void this.#beginUpload(head, bytes.subarray(bodyAt));
    if (!isWhole) return void this.#wait();
    this.#held = bytes.length === end ? NOTHING : bytes.subarray(end);
    this.#begin();
    const request = new PlainRequest(head, this.#own(bytes.subarray(bodyAt, end)), this.socket);
    this.#lane.turn.add(request, new PlainResponse(this, head.method), false);
  }

  #beginUpload(head: PlainHead, bytes: Buffer): void {
    this.#begin();
    const upload = new PlainUpload(head, this.socket);
    this.#upload = upload;
    this.#held = this.#flow(upload, bytes);
    this.#lane.turn.add(upload, new PlainResponse(this, head.method), head.expectsContinue && !upload.complete);
  }

  /** Gives back what is not of the body. */
  #flow(upload: PlainUpload, bytes: Buffer): Buffer {
    const rest = upload.receive(bytes);
    if (upload.complete) this.#upload = undefined;
    return rest;
  }

  #begin(): void {
    this.#isAnswering = true;
    this.#isFirst = false;
    this.#pieces = 0;
  }

  #wait(): void {
    this.#pieces += 1;
    if (this.#pieces > MOST_PIECES) this.#handOver();
  }

  #handOver(): void {
    const { socket } = this;
    this.#lane.connections.delete(this);
    this.#isHandedOver = true;
    socket.removeAllListeners("data");
    socket.off("end", this.#onEnd).off("error", destroy);
    const held = this.#own(this.#held);
    this.#held = NOTHING;
    this.#lane.handOver(socket, held, this.#isFirst);
  }

  /** For all connections, every so often: a timer a socket would be moved by each read and each write. */
  grewOlder(ms: number): void {
    const moved = this.#reads + this.socket.bytesWritten - this.socket.writableLength;
    this.#quietMs = moved === this.#moved ? this.#quietMs + ms : 0;
    this.#moved = moved;
    if (this.#quietMs >= this.#patienceMs()) this.socket.destroy();
  }

  /** A client that neither sends nor reads is let go: soon in a request, later between two, and last while it has an answer to take. */
  #patienceMs(): number {
    if (this.#isAnswering) return LIMITS.requestIdleMs * 5;
    return this.#isFirst || this.#held.length > 0 ? LIMITS.headersTimeoutMs : KEEP_ALIVE_MS;
  }
}

/** With a capital letter each method begins; a TLS handshake does not. */
const isLetter = (byte: number | undefined) => byte !== undefined && byte >= 0x41 && byte <= 0x5a;

function destroy(this: Socket): void {
  this.destroy();
}
