import type { Bytes } from "../base/index.js";
import type { Addon, AddonKey } from "./addon.js";
import type { KeyHandle } from "./key.js";
import type { Primitives } from "./primitives.js";

const HASH_BYTES = 32;

export function addonPrimitives(addon: Addon): Primitives {
  const keys = new WeakMap<KeyHandle, AddonKey>();
  /** The addon's own copy of a key, made when it is first used there and gone with its handle. */
  const keyOf = (handle: KeyHandle): AddonKey => {
    const known = keys.get(handle);
    if (known !== undefined) return known;
    const bytes = handle.export();
    const key = addon.key(bytes);
    bytes.fill(0);
    keys.set(handle, key);
    return key;
  };
  const either = (key: KeyHandle | Bytes) => (key instanceof Uint8Array ? key : keyOf(key));
  return {
    sha256(bytes) {
      const digest = Buffer.allocUnsafe(HASH_BYTES);
      addon.sha256(bytes, digest, 0);
      return digest;
    },
    sha256Hex: (data) => addon.sha256Hex(data) ?? addon.sha256Hex(Buffer.from(data))!,
    hmac: (key, message) => tagOf(addon, keyOf(key), message),
    hmacHex: (key, text) =>
      addon.hmacHex(keyOf(key), text) ?? tagOf(addon, keyOf(key), Buffer.from(text)).toString("hex"),
    seal: (key, nonce, plaintext, aad, target, at) => addon.seal(either(key), nonce, plaintext, aad, target, at),
    open: (key, nonce, sealed, aad, target, at) => addon.open(either(key), nonce, sealed, aad, target, at),
    random(bytes) {
      const drawn = Buffer.allocUnsafeSlow(bytes);
      addon.random(drawn);
      return drawn;
    },
    inOneStep: {
      seal: (key, label, message, headBytes, plaintext, context) =>
        addon.sealMessage(keyOf(key), label, message, headBytes, plaintext, context),
      open: (key, label, message, headBytes, target, context) =>
        addon.openMessage(keyOf(key), label, message, headBytes, target, context),
    },
    stream(key, message, headerAt, plaintextBytes, path) {
      const stream = addon.stream(keyOf(key), message, headerAt, plaintextBytes, path);
      return {
        read: (firstSegment, target) => addon.readRun(stream, firstSegment, target),
        end: () => addon.endStream(stream),
      };
    },
    write: addon.write,
    ...(addon.crc && { crc: addon.crc }),
  };
}

function tagOf(addon: Addon, key: AddonKey, message: Bytes): Buffer {
  const tag = Buffer.allocUnsafe(HASH_BYTES);
  addon.hmac(key, message, tag, 0);
  return tag;
}
