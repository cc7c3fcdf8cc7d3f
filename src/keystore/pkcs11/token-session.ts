import { equalBytes } from "../../base/index.js";
import { newSecret, sha256 } from "../../crypto/index.js";
import { CKF, CKM } from "./constants.js";
import { Pkcs11Error } from "./library.js";
import { type Handle, Pkcs11Module } from "./module.js";
import { TokenError, type TokenReason } from "./token-error.js";
import type { TokenPlace } from "./token-place.js";

const LOGIN_REASONS: Readonly<Record<string, TokenReason>> = {
  CKR_PIN_INCORRECT: "wrong-pin",
  CKR_PIN_INVALID: "wrong-pin",
  CKR_PIN_LEN_RANGE: "wrong-pin",
  CKR_PIN_EXPIRED: "wrong-pin",
  CKR_PIN_LOCKED: "pin-locked",
  CKR_USER_PIN_NOT_INITIALIZED: "no-user",
  CKR_USER_TYPE_INVALID: "no-user",
  CKR_USER_ANOTHER_ALREADY_LOGGED_IN: "user-busy",
  CKR_USER_TOO_MANY_TYPES: "user-busy",
};

const NEEDED: readonly (readonly [mechanism: number, flags: number])[] = [
  [CKM.AES_KEY_GEN, CKF.GENERATE],
  [CKM.AES_ECB_ENCRYPT_DATA, CKF.DERIVE],
  [CKM.AES_GCM, CKF.ENCRYPT | CKF.DECRYPT],
];

/**
 * One logged-in session with one token, opened when first needed. PKCS#11 logs a whole process in, so this remembers
 * by which PIN: whoever brings another one is refused, as the token would.
 */
export class TokenSession {
  readonly #place: TokenPlace;
  readonly #salt = newSecret();
  #module: Pkcs11Module | undefined;
  #isInitialized = false;
  #session: Handle | undefined;
  #loggedInBy: Buffer | undefined;

  constructor(place: TokenPlace) {
    this.#place = place;
  }

  /** The session, logged in by that PIN. `anew` asks the token about the PIN, whoever is logged in. */
  enter(pin: Uint8Array, { anew = false } = {}): { readonly module: Pkcs11Module; readonly session: Handle } {
    const module = this.#initialized();
    this.#session ??= this.#openSession(module);
    const mark = this.#markOf(pin);
    const isSame = this.#loggedInBy !== undefined && equalBytes(this.#loggedInBy, mark);
    if (this.#loggedInBy !== undefined && !anew && !isSame) throw new TokenError("wrong-pin");
    if (this.#loggedInBy === undefined || anew) this.#login(module, this.#session, pin, mark);
    return { module, session: this.#session };
  }

  /** Forgets everything; the next use begins with the module's initialization, which looks for tokens again. */
  reset(): void {
    this.#session = undefined;
    this.#loggedInBy = undefined;
    if (!this.#isInitialized) return;
    this.#isInitialized = false;
    try {
      this.#module?.finalize();
    } catch (thrown) {
      if (!(thrown instanceof Pkcs11Error)) throw thrown; // it was not initialized any more, which is what is wanted
    }
  }

  #initialized(): Pkcs11Module {
    this.#module ??= new Pkcs11Module(this.#place.module);
    if (!this.#isInitialized) this.#module.initialize();
    this.#isInitialized = true;
    return this.#module;
  }

  #openSession(module: Pkcs11Module): Handle {
    const slot = module.slots().find((each) => module.tokenLabel(each) === this.#place.token);
    if (slot === undefined) throw new TokenError("token-absent");
    for (const [mechanism, flags] of NEEDED) {
      if (!can(module, slot, mechanism, flags)) throw new TokenError("unfit", `mechanism 0x${mechanism.toString(16)}`);
    }
    return module.openSession(slot);
  }

  #login(module: Pkcs11Module, session: Handle, pin: Uint8Array, mark: Buffer): void {
    if (this.#loggedInBy !== undefined) module.logout(session);
    this.#loggedInBy = undefined;
    const whole = this.#place.user === undefined ? Buffer.from(pin) : Buffer.concat([user(this.#place.user), pin]);
    try {
      module.login(session, whole);
    } catch (thrown) {
      const reason = thrown instanceof Pkcs11Error ? LOGIN_REASONS[thrown.code] : undefined;
      if (reason === undefined) throw thrown;
      throw new TokenError(reason);
    } finally {
      whole.fill(0);
    }
    this.#loggedInBy = mark;
  }

  #markOf(pin: Uint8Array): Buffer {
    return this.#salt.use((salt) => sha256(Buffer.concat([salt, pin])));
  }
}

const user = (name: string) => Buffer.from(`${name}:`, "utf8");

function can(module: Pkcs11Module, slot: Handle, mechanism: number, flags: number): boolean {
  try {
    return (module.mechanismFlags(slot, mechanism) & flags) === flags;
  } catch (thrown) {
    if (thrown instanceof Pkcs11Error && thrown.code === "CKR_MECHANISM_INVALID") return false;
    throw thrown;
  }
}
