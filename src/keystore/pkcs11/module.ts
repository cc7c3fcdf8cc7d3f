import { needs } from "../../base/index.js";
import { CKF, CKM, CKU_USER } from "./constants.js";
import { Arena, type CkLibrary, loadLibrary } from "./library.js";

export type Attribute = readonly [type: number, value: Uint8Array | bigint | boolean];

/** Slots, sessions and objects are numbers to PKCS#11; they mean nothing after `finalize`. */
export type Handle = bigint;

const MOST_SLOTS = 1024;
/** CK_TOKEN_INFO has 208 bytes; its label is the first 32, padded with blanks. */
const TOKEN_INFO_BYTES = 256;
const LABEL_BYTES = 32;
const GCM_TAG_BYTES = 16;

/** PKCS#11's functions with values in and values out. Blocking: nothing else runs in the process meanwhile. */
export class Pkcs11Module {
  readonly #ck: CkLibrary;

  constructor(path: string) {
    this.#ck = loadLibrary(path);
  }

  initialize(): void {
    this.#ck.call("C_Initialize", null);
  }

  finalize(): void {
    this.#ck.call("C_Finalize", null);
  }

  /** Slots that have a token now. */
  slots(): Handle[] {
    return Arena.use((arena) => {
      const found = arena.numbers(...Array<bigint>(MOST_SLOTS).fill(0n));
      const count = arena.numbers(BigInt(MOST_SLOTS));
      this.#ck.call("C_GetSlotList", 1n, found, count);
      return [...found.subarray(0, Number(count[0]))];
    });
  }

  tokenLabel(slot: Handle): string {
    return Arena.use((arena) => {
      const info = arena.room(TOKEN_INFO_BYTES);
      this.#ck.call("C_GetTokenInfo", slot, info);
      return info.toString("utf8", 0, LABEL_BYTES).trimEnd();
    });
  }

  /** The CKF bits of what the token does with the mechanism. Throws when it does not know it. */
  mechanismFlags(slot: Handle, mechanism: number): number {
    return Arena.use((arena) => {
      const info = arena.numbers(0n, 0n, 0n);
      this.#ck.call("C_GetMechanismInfo", slot, BigInt(mechanism), info);
      return Number(info[2]);
    });
  }

  openSession(slot: Handle): Handle {
    return Arena.use((arena) => {
      const session = arena.numbers(0n);
      this.#ck.call("C_OpenSession", slot, BigInt(CKF.SERIAL_SESSION | CKF.RW_SESSION), null, null, session);
      return first(session);
    });
  }

  closeSession(session: Handle): void {
    this.#ck.call("C_CloseSession", session);
  }

  login(session: Handle, pin: Uint8Array): void {
    Arena.use((arena) => this.#ck.call("C_Login", session, CKU_USER, arena.bytes(pin), BigInt(pin.length)));
  }

  logout(session: Handle): void {
    this.#ck.call("C_Logout", session);
  }

  generateKey(session: Handle, mechanism: number, template: readonly Attribute[]): Handle {
    return Arena.use((arena) => {
      const made = arena.numbers(0n);
      const rows = arena.template(template);
      this.#ck.call("C_GenerateKey", session, arena.mechanism(mechanism), rows, BigInt(template.length), made);
      return first(made);
    });
  }

  /** A key that is known outside: for tests of what tokens do with keys. */
  importKey(session: Handle, template: readonly Attribute[]): Handle {
    return Arena.use((arena) => {
      const made = arena.numbers(0n);
      this.#ck.call("C_CreateObject", session, arena.template(template), BigInt(template.length), made);
      return first(made);
    });
  }

  /** Derives a key by encrypting `data` with the base key. */
  deriveKey(
    session: Handle,
    mechanism: number,
    data: Uint8Array,
    base: Handle,
    template: readonly Attribute[],
  ): Handle {
    return Arena.use((arena) => {
      const made = arena.numbers(0n);
      const parameter = arena.numbers(arena.address(arena.bytes(data)), BigInt(data.length));
      const rows = arena.template(template);
      const how = arena.mechanism(mechanism, parameter);
      this.#ck.call("C_DeriveKey", session, how, base, rows, BigInt(template.length), made);
      return first(made);
    });
  }

  /** The first objects that match, two at most: the caller wants one, and to know of a second. */
  find(session: Handle, template: readonly Attribute[]): Handle[] {
    return Arena.use((arena) => {
      this.#ck.call("C_FindObjectsInit", session, arena.template(template), BigInt(template.length));
      try {
        const [found, count] = [arena.numbers(0n, 0n), arena.numbers(0n)];
        this.#ck.call("C_FindObjects", session, found, 2n, count);
        return [...found.subarray(0, Number(count[0]))];
      } finally {
        this.#ck.call("C_FindObjectsFinal", session);
      }
    });
  }

  /** An attribute of one byte, as PKCS#11's booleans are. */
  flag(session: Handle, object: Handle, attribute: number): boolean {
    return Arena.use((arena) => {
      const value = arena.room(1);
      const row = arena.numbers(BigInt(attribute), arena.address(value), 1n);
      this.#ck.call("C_GetAttributeValue", session, object, row, 1n);
      return value[0] === 1;
    });
  }

  destroyObject(session: Handle, object: Handle): void {
    this.#ck.call("C_DestroyObject", session, object);
  }

  /** AES-GCM with a tag of 16 bytes, which stands behind the ciphertext. */
  gcm(
    way: "Encrypt" | "Decrypt",
    session: Handle,
    key: Handle,
    data: Uint8Array,
    nonce: Uint8Array,
    aad: Uint8Array,
  ): Buffer {
    return Arena.use((arena) => {
      const [iv, bound] = [arena.bytes(nonce), arena.bytes(aad)];
      const parameter = arena.numbers(
        arena.address(iv),
        BigInt(iv.length),
        BigInt(iv.length * 8),
        bound.length === 0 ? 0n : arena.address(bound),
        BigInt(bound.length),
        BigInt(GCM_TAG_BYTES * 8),
      );
      this.#ck.call(`C_${way}Init`, session, arena.mechanism(CKM.AES_GCM, parameter), key);
      // Modules may ask for more room than a decryption fills.
      const room = arena.room(data.length + GCM_TAG_BYTES);
      const length = arena.numbers(BigInt(room.length));
      this.#ck.call(`C_${way}`, session, arena.bytes(data), BigInt(data.length), room, length);
      needs(Number(length[0]) <= room.length, "the module stays inside the room it was given");
      return Buffer.from(room.subarray(0, Number(length[0])));
    });
  }

  random(session: Handle, count: number): Buffer {
    return Arena.use((arena) => {
      const room = arena.room(count);
      this.#ck.call("C_GenerateRandom", session, room, BigInt(count));
      return Buffer.from(room.subarray(0, count));
    });
  }
}

function first(numbers: BigUint64Array): Handle {
  const [value] = numbers;
  needs(value !== undefined, "an array of one number has one");
  return value;
}
