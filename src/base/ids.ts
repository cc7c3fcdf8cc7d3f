import { hex } from "./bytes.js";
import type { Entropy } from "./entropy.js";

const DIGITS = Buffer.from("0123456789abcdef", "latin1");
/** Where the digits of each byte stand in a UUID, and its dashes. */
const UUID_PLACES = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
const UUID_LETTERS = 36;
/** UUIDs that are made at once. */
const UUIDS = 16;
const uuidTexts = Buffer.from("00000000-0000-0000-0000-000000000000".repeat(UUIDS), "latin1");
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Makes the identifiers AWS makes, in AWS's forms, from one source of entropy. */
export class Ids {
  readonly #entropy: Entropy;
  #uuids = "";
  #uuidsLeft = 0;

  constructor(entropy: Entropy) {
    this.#entropy = entropy;
  }

  /** Version 4 UUID, lower case. Each request takes two, so several are written out at once. */
  uuid(): string {
    if (this.#uuidsLeft === 0) this.#makeUuids();
    this.#uuidsLeft -= 1;
    const at = this.#uuidsLeft * UUID_LETTERS;
    return this.#uuids.slice(at, at + UUID_LETTERS);
  }

  #makeUuids(): void {
    const bytes = this.#entropy.bytes(UUIDS * UUID_PLACES.length);
    for (let nth = 0; nth < UUIDS; nth += 1) writeUuid(nth * UUID_LETTERS, bytes, nth * UUID_PLACES.length);
    this.#uuids = uuidTexts.toString("latin1");
    this.#uuidsLeft = UUIDS;
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

function writeUuid(textAt: number, bytes: Uint8Array, bytesAt: number): void {
  for (let i = 0; i < UUID_PLACES.length; i += 1) {
    let byte = bytes[bytesAt + i] ?? 0;
    if (i === 6) byte = (byte & 0x0f) | 0x40;
    if (i === 8) byte = (byte & 0x3f) | 0x80;
    const at = textAt + (UUID_PLACES[i] ?? 0);
    uuidTexts[at] = DIGITS[byte >> 4] ?? 0;
    uuidTexts[at + 1] = DIGITS[byte & 15] ?? 0;
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
