import { mkdirSync } from "node:fs";
import { type Clock, describeThrown, hex, type Log, SECOND_MS } from "../base/index.js";
import { newSecret, Secret } from "../crypto/index.js";
import {
  custodianSocketPath,
  describeRoot,
  initRoot,
  type MadeRoot,
  type OpenedKeyStore,
  openSoftwareKeyStore,
  type ProviderRecord,
  type Root,
  RootError,
  type RootOffer,
  type RootProvider,
  type RootReason,
  SealableKeyStore,
  serveCustodian,
  type Tokens,
  unlockRoot,
} from "../keystore/index.js";
import { type FolderLock, lockFolder } from "../store/index.js";
import type { UnsealAnswer, UnsealOffer } from "./messages.js";
import { offerAtStart, type RootAccess } from "./root-access.js";

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
  /** What opens a root without anybody's help. */
  readonly root: RootAccess;
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
    else await custody.openAtStart();
    return Object.assign(custody, { made });
  } catch (thrown) {
    await custody.close(); // its socket would keep a process alive that has nothing to guard
    throw thrown;
  }
}

const TRY_EVERY_MS = 5 * SECOND_MS;

/** What time may mend by itself. A wrong PIN is not among it: tokens count those. */
const COMES_BACK: ReadonlySet<RootReason> = new Set(["token-unreachable", "kms-unreachable", "kms-refused"]);
/** What the owner may mend while the server waits. */
const STAYS_SEALED: ReadonlySet<RootReason> = new Set([
  ...COMES_BACK,
  "wrong-pin",
  "pin-locked",
  "token-key-missing",
  "token-unfit",
]);

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
  #stopTrying: () => void = () => {};
  #isClosed = false;

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

  /** A root that cannot be reached, or that needs its owner, leaves the house sealed; one that is wrong ends the start. */
  async openAtStart(): Promise<void> {
    const { folder, root, log } = this.#options;
    const record = describeRoot(folder);
    const offer = record && offerAtStart(record, root);
    if (record === undefined || offer === undefined) return;
    try {
      await this.open(await unlockRoot(folder, offer));
    } catch (thrown) {
      if (!(thrown instanceof RootError) || !STAYS_SEALED.has(thrown.reason)) throw thrown;
      log.warn("root-not-opened", { reason: thrown.message });
      if (COMES_BACK.has(thrown.reason)) this.#tryLater();
    }
  }

  #tryLater(): void {
    this.#stopTrying = this.#options.clock.after(TRY_EVERY_MS, () => {
      this.#lastOffer = this.#lastOffer.then(() => this.#tryAgain());
    });
  }

  /** In turn with what the owner offers, so that the house is opened once. */
  async #tryAgain(): Promise<void> {
    if (this.isOpen || this.#isClosed) return;
    await this.openAtStart().catch((thrown: unknown) =>
      this.#options.log.error("root-not-opened", describeThrown(thrown)),
    );
  }

  async open(root: Root): Promise<void> {
    if (this.#isClosed) return; // the root opened too late
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
      await this.open(await unlockRoot(this.#options.folder, this.#rootOffer(offer, record)));
      return { state: "open" };
    } catch (thrown) {
      if (!(thrown instanceof RootError)) throw thrown;
      return { state: "refused", reason: thrown.message };
    } finally {
      if (this.#shares.size >= sharesNeeded) this.#shares.clear();
    }
  }

  #rootOffer(offer: UnsealOffer, record: ProviderRecord | undefined): RootOffer {
    if ("share" in offer) return { kind: "shares", shares: [...this.#shares] };
    const { openToken, callKms } = this.#options.root;
    if (record?.kind === "kms" && callKms !== undefined) return { kind: "kms", callKms };
    const passphrase = Secret.own(Buffer.from(offer.passphrase, "utf8"));
    return record?.kind === "pkcs11"
      ? { kind: "pkcs11", pin: passphrase, openToken }
      : { kind: "passphrase", passphrase };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopTrying();
    await this.#stopServing();
    this.keyStore.seal();
    await this.#opened?.close();
    this.#lock.release();
  }
}
