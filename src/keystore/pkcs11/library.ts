import koffi from "koffi";
import { needs, table } from "../../base/index.js";
import { FUNCTION_PLACES, returnName } from "./constants.js";

/**
 * The only file that calls foreign code. It knows the memory layout of PKCS#11 on 64-bit Unix (CK_ULONG and pointers
 * of eight bytes, no packing) and nothing of what the functions are for. A wrong argument here ends the process,
 * which is why it is loaded in an agent's process alone.
 */
export type CkFunction = keyof typeof FUNCTION_PLACES;

/** A number, memory that is lent for the call, or the null pointer. */
type CkArgument = bigint | Uint8Array | BigUint64Array | null;

const N = "ulong";
const P = "void *";
const SIGNATURES = table({
  C_Initialize: [P],
  C_Finalize: [P],
  C_GetSlotList: ["uchar", P, P],
  C_GetTokenInfo: [N, P],
  C_GetMechanismInfo: [N, N, P],
  C_OpenSession: [N, N, P, P, P],
  C_CloseSession: [N],
  C_Login: [N, N, P, N],
  C_Logout: [N],
  C_CreateObject: [N, P, N, P],
  C_DestroyObject: [N, N],
  C_GetAttributeValue: [N, N, P, N],
  C_FindObjectsInit: [N, P, N],
  C_FindObjects: [N, P, N, P],
  C_FindObjectsFinal: [N],
  C_EncryptInit: [N, P, N],
  C_Encrypt: [N, P, N, P, P],
  C_DecryptInit: [N, P, N],
  C_Decrypt: [N, P, N, P, P],
  C_GenerateKey: [N, P, P, N, P],
  C_DeriveKey: [N, P, N, P, N, P],
  C_GenerateRandom: [N, P, N],
} satisfies Record<CkFunction, readonly string[]>);

/** What a PKCS#11 function returned besides CKR_OK. */
export class Pkcs11Error extends Error {
  override readonly name = "Pkcs11Error";
  /** `CKR_…`, or `CKR_0x…` for a vendor's own. */
  readonly code: string;

  constructor(where: CkFunction, code: number) {
    super(`${where} returned ${returnName(code)}`);
    this.code = returnName(code);
  }
}

export interface CkLibrary {
  /** Throws Pkcs11Error for everything but CKR_OK. */
  call(name: CkFunction, ...args: readonly CkArgument[]): void;
}

/** Loads a module by its path. Throws when it cannot be loaded or is no PKCS#11 module. */
export function loadLibrary(path: string): CkLibrary {
  needs(koffi.sizeof("ulong") === 8 && koffi.sizeof("void *") === 8, "the layouts here are those of 64-bit Unix");
  const library = koffi.load(path);
  const list = new BigUint64Array(1);
  const code = Number(library.func("C_GetFunctionList", "ulong", ["void *"])(list));
  if (code !== 0 || list[0] === 0n) throw new Error(`C_GetFunctionList returned ${returnName(code)}`);
  const functions = new Map<string, (...args: readonly CkArgument[]) => number | bigint>();
  const entry = (name: CkFunction) => {
    const known = functions.get(name);
    if (known !== undefined) return known;
    const place = FUNCTION_PLACES[name] * 8;
    const proto = koffi.proto(`strongroom_${name}_${++protos}`, "ulong", [...SIGNATURES[name]]);
    const made = koffi.decode(koffi.decode(list[0], place, "void *"), proto);
    functions.set(name, made);
    return made;
  };
  return {
    call(name, ...args) {
      const code = Number(entry(name)(...args));
      if (code !== 0) throw new Pkcs11Error(name, code);
    },
  };
}

/** Prototypes have names, which are the process's. */
let protos = 0;

/**
 * Memory that foreign code sees by address. It is held until the arena ends, because the collector does not know of
 * addresses, and wiped then, because PINs and plaintext pass through it.
 */
export class Arena {
  readonly #held: (Uint8Array | BigUint64Array)[] = [];

  static use<T>(work: (arena: Arena) => T): T {
    const arena = new Arena();
    try {
      return work(arena);
    } finally {
      for (const { buffer, byteOffset, byteLength } of arena.#held)
        new Uint8Array(buffer, byteOffset, byteLength).fill(0);
    }
  }

  /** A copy of the bytes, to be read by the call. */
  bytes(from: Uint8Array): Buffer {
    return this.#hold(Buffer.from(from));
  }

  /** Room to be written by the call: copy out what stays. */
  room(count: number): Buffer {
    return this.#hold(Buffer.alloc(Math.max(count, 1)));
  }

  numbers(...values: readonly bigint[]): BigUint64Array {
    const held = new BigUint64Array(values);
    this.#held.push(held);
    return held;
  }

  address(of: Uint8Array | BigUint64Array): bigint {
    needs(this.#held.includes(of), "only what the arena holds has an address that lasts");
    return koffi.address(of);
  }

  /** CK_MECHANISM. */
  mechanism(type: number, parameter?: BigUint64Array): BigUint64Array {
    if (parameter === undefined) return this.numbers(BigInt(type), 0n, 0n);
    return this.numbers(BigInt(type), this.address(parameter), BigInt(parameter.byteLength));
  }

  /** An array of CK_ATTRIBUTE. */
  template(rows: readonly (readonly [type: number, value: Uint8Array | bigint | boolean])[]): BigUint64Array {
    const flat = rows.flatMap(([type, value]) => {
      const held = this.#valueOf(value);
      return [BigInt(type), this.address(held), BigInt(held.byteLength)];
    });
    return this.numbers(...flat);
  }

  #valueOf(value: Uint8Array | bigint | boolean): Uint8Array | BigUint64Array {
    if (typeof value === "bigint") return this.numbers(value);
    if (typeof value === "boolean") return this.bytes(Uint8Array.of(value ? 1 : 0));
    return this.bytes(value);
  }

  #hold(bytes: Buffer): Buffer {
    this.#held.push(bytes);
    return bytes;
  }
}
