import { createSecretKey, type KeyObject } from "node:crypto";
import { needs } from "../base/index.js";
import { primitives } from "./primitives.js";
import { Secret } from "./secret.js";

/**
 * A symmetric key that can be used and not read by accident: its bytes lie outside the JavaScript heap and OpenSSL
 * overwrites them when the last reference is collected. Nothing in the house exports one.
 */
export type KeyHandle = KeyObject;

export const KEY_BYTES = 32;

/** Fresh key bytes from the operating system's generator: data keys, material, master keys. */
export function newSecret(bytes: number = KEY_BYTES): Secret {
  needs(bytes > 0, "a secret has bytes");
  return Secret.own(primitives.random(bytes));
}

/** A fresh 256-bit key whose bytes nobody sees. */
export function newKey(): KeyHandle {
  return ownedHandle(primitives.random(KEY_BYTES));
}

/** A handle over a copy of the secret's bytes. The secret still belongs to the caller, who wipes it. */
export function keyHandle(secret: Secret): KeyHandle {
  return secret.use((bytes) => createSecretKey(bytes));
}

/** Makes a handle of bytes that nobody else holds, and wipes them. */
export function ownedHandle(bytes: Buffer): KeyHandle {
  const handle = createSecretKey(bytes);
  bytes.fill(0);
  return handle;
}
