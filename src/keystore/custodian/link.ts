import { connect, type Socket } from "node:net";
import { asBuffer, type Clock, LIMITS, SECOND_MS } from "../../base/index.js";
import type { Secret } from "../../crypto/index.js";
import { TokenError } from "../pkcs11/token-error.js";
import { KeyStoreError } from "../port.js";
import { FrameWriter } from "./connection.js";
import { BadFrame, type Field, type Frame, FrameReader } from "./frames.js";
import { HELLO, MOST_HANDSHAKE_BYTES, newChallenge, PROOF, PROTOCOL_VERSION, Proofs, WELCOME } from "./handshake.js";
import { bytesAt, DONE, OPS, reasonOf, tokenReasonOf } from "./protocol.js";

interface Pending {
  readonly untilMs: number;
  readonly take: (fields: readonly Buffer[]) => void;
  readonly fail: (error: Error) => void;
}

/** A custodian that has not answered for so long is taken for gone. Its slowest answer is one flush of a database. */
const ANSWER_MS = 30 * SECOND_MS;
/** But to find primes takes long where many search, and by chance much longer. */
const KEY_PAIR_MS = 300 * SECOND_MS;
const SLOW_OPS: ReadonlySet<number> = new Set([
  OPS.createMaterial,
  OPS.generateDataKeyPair,
  OPS.generateDataKeyPairBlob,
]);
const WATCH_MS = 5 * SECOND_MS;
const READ_BYTES = 64 * 1024;

/** The client's end of the socket: connects when needed, numbers the requests, matches the answers. */
export class Link {
  readonly #options: { readonly socketPath: string; readonly clock: Clock };
  readonly #proofs: Proofs;
  #session: Session | undefined;
  #isClosed = false;

  constructor({ socketPath, clock, token }: { socketPath: string; clock: Clock; token: Secret }) {
    this.#options = { socketPath, clock };
    this.#proofs = new Proofs(token);
  }

  /** `read` gets views of memory that is wiped when it returns: it copies what stays. */
  call<T>(op: number, fields: readonly Field[], read: (fields: readonly Buffer[]) => T): Promise<T> {
    if (this.#session?.isReady === true && !this.#session.isOver) return this.#session.call(op, fields, read);
    return this.#callWhenReady(op, fields, read);
  }

  async #callWhenReady<T>(op: number, fields: readonly Field[], read: (fields: readonly Buffer[]) => T): Promise<T> {
    const session = this.#openSession();
    if (!session.isReady) await session.ready;
    return session.call(op, fields, read);
  }

  close(): void {
    this.#isClosed = true;
    this.#session?.end();
  }

  /** All calls that find no connection share one attempt. */
  #openSession(): Session {
    if (this.#isClosed) throw new KeyStoreError("unreachable");
    if (this.#session === undefined || this.#session.isOver) {
      this.#session = new Session(this.#options.socketPath, this.#proofs, this.#options.clock);
    }
    return this.#session;
  }
}

/** One connection, from its first byte to its loss. */
class Session {
  readonly ready: Promise<void>;
  readonly #socket: Socket;
  readonly #writer: FrameWriter;
  readonly #reader = new FrameReader(MOST_HANDSHAKE_BYTES);
  readonly #proofs: Proofs;
  readonly #clock: Clock;
  readonly #pending = new Map<number, Pending>();
  readonly #challenge = newChallenge();
  #custodianChallenge: Buffer | undefined;
  #settleReady: { resolve: () => void; reject: (error: Error) => void } | undefined;
  #nextId = 1;
  #stopWatch: (() => void) | undefined;
  isReady = false;
  isOver = false;

  constructor(socketPath: string, proofs: Proofs, clock: Clock) {
    this.#proofs = proofs;
    this.#clock = clock;
    // One buffer for all reads, of ours: what a socket reads into memory of its own, Node gives back without wiping it.
    const onread = {
      buffer: Buffer.allocUnsafeSlow(READ_BYTES),
      callback: (bytes: number, into: Uint8Array) => {
        this.#read(asBuffer(into).subarray(0, bytes));
        return true;
      },
    };
    this.#socket = connect({ path: socketPath, onread });
    this.#writer = new FrameWriter(this.#socket);
    this.ready = new Promise((resolve, reject) => {
      this.#settleReady = { resolve, reject };
    });
    this.#socket.on("error", () => this.end()); // what went wrong is the same for all: it cannot be reached
    this.#socket.on("close", () => this.end());
    this.#watch();
  }

  call<T>(op: number, fields: readonly Field[], read: (fields: readonly Buffer[]) => T): Promise<T> {
    if (this.isOver) throw new KeyStoreError("unreachable");
    return new Promise((resolve, reject) => {
      const id = this.#nextId;
      this.#nextId = id === 0xffff_ffff ? 1 : id + 1;
      this.#writer.add(id, op, fields);
      if (this.#pending.size === 0) this.#socket.ref();
      const untilMs = this.#clock.nowMs() + (SLOW_OPS.has(op) ? KEY_PAIR_MS : ANSWER_MS);
      this.#pending.set(id, { untilMs, take: (answer) => resolve(read(answer)), fail: reject });
    });
  }

  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#stopWatch?.();
    this.#socket.destroy();
    this.#settleReady?.reject(new KeyStoreError("unreachable"));
    for (const { fail } of this.#pending.values()) fail(new KeyStoreError("unreachable"));
    this.#pending.clear();
  }

  #read(chunk: Buffer): void {
    try {
      this.#reader.push(chunk, (frame) => {
        if (this.isReady) this.#settle(frame);
        else this.#authenticate(frame);
        return false;
      });
    } catch (thrown) {
      if (!(thrown instanceof BadFrame)) throw thrown;
      this.end();
    }
  }

  #authenticate({ id, code, fields }: Frame): void {
    if (id !== PROTOCOL_VERSION) throw new BadFrame("the custodian is of another version");
    const field = bytesAt(fields, 0);
    if (code === HELLO && this.#custodianChallenge === undefined) this.#prove(Buffer.from(field));
    else if (code === WELCOME) this.#enter(field);
    else throw new BadFrame("not a step of the handshake");
  }

  #prove(custodianChallenge: Buffer): void {
    this.#custodianChallenge = custodianChallenge;
    const proof = this.#proofs.make("client", custodianChallenge, this.#challenge);
    this.#writer.add(PROTOCOL_VERSION, PROOF, [this.#challenge, proof]);
  }

  #enter(proof: Buffer): void {
    const said = this.#custodianChallenge ?? Buffer.alloc(0);
    if (!this.#proofs.isRight("custodian", said, this.#challenge, proof)) throw new BadFrame("not our custodian");
    this.#reader.allow(LIMITS.custodianFrameBytes);
    this.isReady = true;
    this.#socket.unref(); // an idle connection keeps no process alive; calls under way do
    this.#settleReady?.resolve();
  }

  #settle(frame: Frame): void {
    const pending = this.#pending.get(frame.id);
    if (pending === undefined) throw new BadFrame("an answer that nobody waits for");
    this.#pending.delete(frame.id);
    if (this.#pending.size === 0) this.#socket.unref();
    try {
      if (frame.code === DONE) pending.take(frame.fields);
      else pending.fail(failureOf(frame.code));
    } catch (thrown) {
      pending.fail(new KeyStoreError("unreachable"));
      throw thrown;
    }
  }

  /** One timer for all calls under way, instead of one each. */
  #watch(): void {
    this.#stopWatch = this.#clock.after(WATCH_MS, () => {
      const nowMs = this.#clock.nowMs();
      const isLate = [...this.#pending.values()].some(({ untilMs }) => untilMs < nowMs);
      if (!this.isReady || isLate) return this.end();
      this.#watch();
    });
  }
}

function failureOf(code: number): Error {
  const tokenReason = tokenReasonOf(code);
  if (tokenReason !== undefined) return new TokenError(tokenReason);
  const reason = reasonOf(code);
  return reason === undefined ? new Error("the custodian failed; its log says why") : new KeyStoreError(reason);
}
