import { hex } from "./bytes.js";
import type { Entropy } from "./entropy.js";

const DIGITS = Buffer.from("0123456789abcdef", "latin1");
/** Where the digits of each byte stand in a UUID, and its dashes. */
const UUID_PLACES = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
const uuidText = Buffer.from("00000000-0000-0000-0000-000000000000", "latin1");
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Makes the identifiers AWS makes, in AWS's forms, from one source of entropy. */
export class Ids {
  readonly #entropy: Entropy;

  constructor(entropy: Entropy) {
    this.#entropy = entropy;
  }

  /** Version 4 UUID, lower case. */
  uuid(): string {
    const bytes = this.#entropy.bytes(16);
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    for (let i = 0; i < 16; i += 1) {
      const [at, byte] = [UUID_PLACES[i] ?? 0, bytes[i] ?? 0];
      uuidText[at] = DIGITS[byte >> 4] ?? 0;
      uuidText[at + 1] = DIGITS[byte & 15] ?? 0;
    }
    return uuidText.toString("latin1"); // in one piece: ids are hashed, compared and written all the way
  }

  /** `count` lower-case hex digits. */
  hex(count: number): string {
    return hex(this.#entropy.bytes(Math.ceil(count / 2))).slice(0, count);
  }

  /** `vol-0123456789abcdef0`: a prefix and 17 hex digits. */
  next(prefix: string): string {
    return `${prefix}-${this.hex(17)}`;
  }

  /** IAM's unique ids: `AIDA`, `AROA`, `AKIA` … and 17 letters of base 32. */
  unique(prefix: string): string {
    return prefix + this.base32(17);
  }

  base32(count: number): string {
    return Array.from(this.#entropy.bytes(count), (byte) => BASE32[byte & 31]).join("");
  }

  /** Twelve digits, the first not zero. */
  accountId(): AccountId {
    const digits = Array.from(this.#entropy.bytes(12), (byte) => String(byte % 10)).join("");
    return `${(digits.charCodeAt(0) % 9) + 1}${digits.slice(1)}` as AccountId; // twelve digits by construction
  }
}

/** Twelve digits. */
export type AccountId = string & { readonly [accountId]: true };
declare const accountId: unique symbol;

export function isAccountId(text: string): text is AccountId {
  return /^\d{12}$/.test(text);
}

/** `us-east-1`. */
export type Region = string & { readonly [region]: true };
declare const region: unique symbol;

export function isRegion(text: string): text is Region {
  return /^([a-z]+-){2,3}\d+$/.test(text);
}
