import { mkdirSync } from "node:fs";
import { type Clock, hex, type Log } from "../base/index.js";
import { newSecret, Secret } from "../crypto/index.js";
import {
  custodianSocketPath,
  describeRoot,
  initRoot,
  type MadeRoot,
  type OpenedKeyStore,
  openSoftwareKeyStore,
  type Root,
  RootError,
  type RootOffer,
  type RootProvider,
  SealableKeyStore,
  serveCustodian,
  type Tokens,
  unlockRoot,
} from "../keystore/index.js";
import { type FolderLock, lockFolder } from "../store/index.js";
import type { UnsealAnswer, UnsealOffer } from "./messages.js";

/**
 * The supervisor's trust: the folder's lock, the root, the key store and the socket behind which workers use it.
 * Nothing else in the house ever holds key material.
 */
export interface Custody {
  readonly isOpen: boolean;
  readonly keyStore: SealableKeyStore;
  readonly socketPath: string;
  /** 64 hex digits: what a worker must know to be answered. */
  readonly token: string;
  /** Takes one offer; opens when it, or the shares so far, suffice. */
  unseal(offer: UnsealOffer): Promise<UnsealAnswer>;
  close(): Promise<void>;
}

export interface CustodyOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly tokens: Tokens;
  /** For a folder that has no root yet. */
  readonly provider: RootProvider;
  /** Called once, as soon as the root is open. */
  readonly onOpen: (keyStore: SealableKeyStore) => Promise<void>;
}

export async function takeCustody(options: CustodyOptions): Promise<Custody & { readonly made: MadeRoot | undefined }> {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  const custody = new FolderCustody(options, await lockFolder(options.folder));
  try {
    const made =
      describeRoot(options.folder) === undefined ? await initRoot(options.folder, options.provider) : undefined;
    await custody.serve();
    if (made !== undefined) await custody.open(made.root);
    else if (describeRoot(options.folder)?.kind === "file")
      await custody.open(await unlockRoot(options.folder, { kind: "file" }));
    return Object.assign(custody, { made });
  } catch (thrown) {
    await custody.close(); // its socket would keep a process alive that has nothing to guard
    throw thrown;
  }
}

class FolderCustody implements Custody {
  readonly keyStore = new SealableKeyStore();
  readonly socketPath: string;
  readonly token: string;
  readonly #options: CustodyOptions;
  readonly #lock: FolderLock;
  readonly #shares = new Set<string>();
  #opened: OpenedKeyStore | undefined;
  #stopServing: () => Promise<void> = async () => {};
  #lastOffer: Promise<unknown> = Promise.resolve();

  constructor(options: CustodyOptions, lock: FolderLock) {
    this.#options = options;
    this.#lock = lock;
    this.socketPath = custodianSocketPath(options.folder);
    const token = newSecret();
    this.token = token.use(hex);
    token.wipe();
  }

  get isOpen(): boolean {
    return !this.keyStore.isSealed;
  }

  async serve(): Promise<void> {
    const { clock, log, tokens } = this.#options;
    const token = Secret.own(Buffer.from(this.token, "hex"));
    const { keyStore, socketPath } = this;
    const custodian = await serveCustodian({ keyStore, socketPath, token, clock, log, tokens });
    this.#stopServing = () => custodian.close();
  }

  async open(root: Root): Promise<void> {
    this.#opened = await openSoftwareKeyStore(this.#options.folder, root, this.#options.log);
    this.keyStore.unseal(this.#opened.keyStore);
    await this.#options.onOpen(this.keyStore);
  }

  /** One offer after the other: the house is opened once, and a passphrase's memory is taken once at a time. */
  unseal(offer: UnsealOffer): Promise<UnsealAnswer> {
    const answer = this.#lastOffer.then(() => this.#take(offer));
    this.#lastOffer = answer.catch(() => {}); // its own caller hears of it
    return answer;
  }

  async #take(offer: UnsealOffer): Promise<UnsealAnswer> {
    if (this.isOpen) return { state: "open" };
    const record = describeRoot(this.#options.folder);
    if ("share" in offer) this.#shares.add(offer.share.trim());
    const sharesNeeded = record?.kind === "shares" ? record.threshold : 0;
    if (this.#shares.size < sharesNeeded) return { state: "sealed", sharesGiven: this.#shares.size, sharesNeeded };
    try {
      await this.open(await unlockRoot(this.#options.folder, this.#rootOffer(offer)));
      return { state: "open" };
    } catch (thrown) {
      if (!(thrown instanceof RootError)) throw thrown;
      return { state: "refused", reason: thrown.message };
    } finally {
      if (this.#shares.size >= sharesNeeded) this.#shares.clear();
    }
  }

  #rootOffer(offer: UnsealOffer): RootOffer {
    if ("share" in offer) return { kind: "shares", shares: [...this.#shares] };
    return { kind: "passphrase", passphrase: Secret.own(Buffer.from(offer.passphrase, "utf8")) };
  }

  async close(): Promise<void> {
    await this.#stopServing();
    this.keyStore.seal();
    await this.#opened?.close();
    this.#lock.release();
  }
}
