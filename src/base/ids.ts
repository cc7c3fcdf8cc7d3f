import { hex } from "./bytes.js";
import type { Entropy } from "./entropy.js";

/** Each byte's two digits: quicker than a Buffer for so few, and each request takes two ids. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
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
    const at = (index: number) => HEX[bytes[index] ?? 0];
    const version = HEX[((bytes[6] ?? 0) & 0x0f) | 0x40];
    const variant = HEX[((bytes[8] ?? 0) & 0x3f) | 0x80];
    return (
      `${at(0)}${at(1)}${at(2)}${at(3)}-${at(4)}${at(5)}-${version}${at(7)}-${variant}${at(9)}-` +
      `${at(10)}${at(11)}${at(12)}${at(13)}${at(14)}${at(15)}`
    );
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
