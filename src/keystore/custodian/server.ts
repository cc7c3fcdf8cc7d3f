import { chmodSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { type Clock, describeThrown, LIMITS, type Log, SECOND_MS, silentLog } from "../../base/index.js";
import type { Secret } from "../../crypto/index.js";
import { StoreFull } from "../../store/index.js";
import { NO_TOKENS } from "../pkcs11/no-tokens.js";
import type { Tokens } from "../pkcs11/port.js";
import { TokenError } from "../pkcs11/token-error.js";
import { KeyStoreError } from "../port.js";
import { answer, type ServedKeyStore } from "./answer.js";
import { answerToken } from "./answer-tokens.js";
import { FrameWriter } from "./connection.js";
import { BadFrame, type Field, type Frame, FrameReader } from "./frames.js";
import { HELLO, MOST_HANDSHAKE_BYTES, newChallenge, PROOF, PROTOCOL_VERSION, Proofs, WELCOME } from "./handshake.js";
import { bytesAt, DONE, FAILED, REASONS, TOKEN_REASONS } from "./protocol.js";
import { prepareSocketFolder } from "./socket-path.js";

export interface CustodianOptions {
  readonly keyStore: ServedKeyStore;
  readonly socketPath: string;
  /** 32 bytes that the supervisor gives its workers by environment or IPC, never in arguments. Stays the caller's. */
  readonly token: Secret;
  readonly clock: Clock;
  readonly log?: Log;
  /** Tokens that are configured; without them every request for one is refused with `no-cluster`. */
  readonly tokens?: Tokens;
}

export interface Custodian {
  close(): Promise<void>;
}

const HANDSHAKE_MS = 5 * SECOND_MS;

/** Serves the key store to processes that know the token. Resolves when it listens. */
export async function serveCustodian(options: CustodianOptions): Promise<Custodian> {
  const { socketPath } = options;
  prepareSocketFolder(socketPath);
  // The folder's lock says that no other server runs here, so a socket that is there was left by a crash.
  rmSync(socketPath, { force: true });
  const proofs = new Proofs(options.token);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    new Peer(socket, proofs, options).greet();
  });
  server.maxConnections = LIMITS.custodianConnections;
  await listen(server, socketPath);
  chmodSync(socketPath, 0o600);
  return { close: () => close(server, sockets) };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function close(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** One connected process. */
class Peer {
  readonly #socket: Socket;
  readonly #proofs: Proofs;
  readonly #keyStore: ServedKeyStore;
  readonly #tokens: Tokens | undefined;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #writer: FrameWriter;
  readonly #reader = new FrameReader(MOST_HANDSHAKE_BYTES);
  readonly #challenge = newChallenge();
  #isKnown = false;
  #inFlight = 0;

  constructor(socket: Socket, proofs: Proofs, { keyStore, tokens, clock, log }: CustodianOptions) {
    this.#socket = socket;
    this.#proofs = proofs;
    this.#keyStore = keyStore;
    this.#tokens = tokens;
    this.#clock = clock;
    this.#log = log ?? silentLog;
    this.#writer = new FrameWriter(socket);
  }

  greet(): void {
    const forget = this.#clock.after(HANDSHAKE_MS, () => {
      if (!this.#isKnown) this.#socket.destroy();
    });
    this.#socket.on("close", forget);
    this.#socket.on("error", (error) => this.#log.warn("custodian.peer-lost", describeThrown(error)));
    this.#socket.on("data", (chunk) => this.#read(chunk));
    this.#socket.on("drain", () => this.#readOnWhenIdle());
    this.#writer.add(PROTOCOL_VERSION, HELLO, [this.#challenge]);
  }

  #read(chunk: Buffer): void {
    try {
      this.#reader.push(chunk, (frame) => (this.#isKnown ? this.#serve(frame) : this.#authenticate(frame)));
    } catch (thrown) {
      if (!(thrown instanceof BadFrame)) throw thrown;
      this.#log.warn("custodian.bad-frame");
      this.#socket.destroy();
    }
    if (this.#isBusy()) this.#socket.pause();
  }

  #authenticate(frame: Frame): boolean {
    const clientChallenge = bytesAt(frame.fields, 0);
    const proof = bytesAt(frame.fields, 1);
    const isRight = this.#proofs.isRight("client", this.#challenge, clientChallenge, proof);
    if (frame.code !== PROOF || !isRight) throw new BadFrame("the client does not know the token");
    this.#isKnown = true;
    this.#reader.allow(LIMITS.custodianFrameBytes);
    this.#writer.add(PROTOCOL_VERSION, WELCOME, [this.#proofs.make("custodian", this.#challenge, clientChallenge)]);
    return false;
  }

  /** What can be answered at once is: the frames of one read are mostly answered before it returns. Tells whether it waits. */
  #serve(frame: Frame): boolean {
    try {
      const reply = (fields: readonly Field[]) => this.#writer.add(frame.id, DONE, fields);
      const waiting = answerToken(this.#tokens ?? NO_TOKENS, frame, reply) ?? answer(this.#keyStore, frame, reply);
      if (waiting === undefined) return false;
      void this.#finish(frame, waiting);
      return true;
    } catch (thrown) {
      this.#refuse(frame.id, thrown);
      return false;
    }
  }

  async #finish(frame: Frame, waiting: Promise<void>): Promise<void> {
    this.#inFlight += 1;
    try {
      await waiting;
    } catch (thrown) {
      this.#refuse(frame.id, thrown);
    }
    frame.wipe();
    this.#inFlight -= 1;
    this.#readOnWhenIdle();
  }

  #refuse(id: number, thrown: unknown): void {
    if (thrown instanceof TokenError) return void this.#writer.add(id, TOKEN_REASONS[thrown.reason], []);
    if (thrown instanceof KeyStoreError) return void this.#writer.add(id, REASONS[thrown.reason], []);
    this.#log.error("custodian.request-failed", describeThrown(thrown));
    if (thrown instanceof StoreFull) return void this.#writer.add(id, REASONS.full, []);
    this.#writer.add(id, FAILED, []);
  }

  #isBusy(): boolean {
    return this.#inFlight >= LIMITS.custodianInFlight || this.#socket.writableLength > LIMITS.custodianUnreadBytes;
  }

  #readOnWhenIdle(): void {
    if (this.#socket.isPaused() && !this.#isBusy()) this.#socket.resume();
  }
}
