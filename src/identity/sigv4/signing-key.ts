import { timingSafeEqual } from "node:crypto";
import { equalBytes, Lru, utf8 } from "../../base/index.js";
import { type KeyHandle, keyHandle, mac, publicRandom, Secret, textMac } from "../../crypto/index.js";
import { sha256Hex } from "./hash.js";
import type { Presented, Scope } from "./presented.js";

interface Derived {
  readonly key: KeyHandle;
  /** Tells whether the secret is still the one that the key was made of, without being it. */
  readonly mark: Buffer;
}

const MOST_DERIVED = 10_000;
const derivedKeys = new Lru<string, Derived>(MOST_DERIVED);
const markSalt = publicRandom(16).toString("hex");

const MOST_HELD = 32;
const heldSigners = new WeakMap<object, Map<string, KeyHandle>>();

/** `signingKey` for who has an object that stands for this very secret and goes with it: nothing needs to be compared. */
export function heldSigner(
  holder: object,
  { scope, scopeText }: Pick<Presented, "scope" | "scopeText">,
  secret: string,
): KeyHandle {
  let held = heldSigners.get(holder);
  if (held === undefined) {
    held = new Map();
    heldSigners.set(holder, held);
  }
  const known = held.get(scopeText);
  if (known !== undefined) return known;
  const key = deriveSigningKey(secret, scope);
  const signer = keyHandle(key);
  key.wipe();
  if (held.size >= MOST_HELD) held.clear();
  held.set(scopeText, signer);
  return signer;
}

/** Four HMACs make it, so it is kept: it is the same for a day. */
export function signingKey(accessKeyId: string, scope: Scope, secret: string): KeyHandle {
  const name = `${accessKeyId}/${scope.date}/${scope.region}/${scope.service}`;
  const mark = Buffer.from(sha256Hex(markSalt + secret), "latin1");
  const known = derivedKeys.get(name);
  if (known !== undefined && equalBytes(known.mark, mark)) return known.key;
  const derived = deriveSigningKey(secret, scope);
  const key = keyHandle(derived);
  derived.wipe();
  derivedKeys.set(name, { key, mark });
  return key;
}

/** The caller wipes it. */
function deriveSigningKey(secret: string, scope: Scope): Secret {
  let derived = Secret.own(utf8(`AWS4${secret}`));
  for (const part of [scope.date, scope.region, scope.service, scope.terminator]) {
    const next = Secret.own(mac("HMAC_SHA_256", keyHandle(derived), utf8(part)));
    derived.wipe();
    derived = next;
  }
  return derived;
}

/** Lower-case hex. */
export const signature = (key: KeyHandle, text: string): string => textMac(key, text);

const SIGNATURE_CHARS = 64;
const expectedBytes = Buffer.alloc(SIGNATURE_CHARS);
const sentBytes = Buffer.alloc(SIGNATURE_CHARS);

/** What is no plain text of that many characters does not fill the bytes, and is refused for that. */
export function isSignature(expected: string, sent: string): boolean {
  if (sent.length !== SIGNATURE_CHARS) return false;
  const areFull =
    expectedBytes.write(expected, "utf8") === SIGNATURE_CHARS && sentBytes.write(sent, "utf8") === SIGNATURE_CHARS;
  return areFull && timingSafeEqual(expectedBytes, sentBytes);
}
