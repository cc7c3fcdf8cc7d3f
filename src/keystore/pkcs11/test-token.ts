import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { TokenAtHand } from "../root/token-root.js";
import { TokenError } from "./token-error.js";

/** The format by its page, docs/formats/token-seal.md, without a token. */
export function openByThePage(key: Buffer, sealed: Buffer, aad: Uint8Array): Buffer {
  const [salt, nonce, tag] = [sealed.subarray(1, 16), sealed.subarray(16, 28), sealed.subarray(-16)];
  const gcm = createDecipheriv("aes-256-gcm", messageKey(key, salt), nonce, { authTagLength: 16 });
  gcm.setAAD(Buffer.concat([Uint8Array.of(1), aad])).setAuthTag(tag);
  return Buffer.concat([gcm.update(sealed.subarray(28, -16)), gcm.final()]);
}

function sealByThePage(key: Buffer, plaintext: Uint8Array, aad: Uint8Array): Buffer {
  const [salt, nonce] = [randomBytes(15), randomBytes(12)];
  const gcm = createCipheriv("aes-256-gcm", messageKey(key, salt), nonce);
  gcm.setAAD(Buffer.concat([Uint8Array.of(1), aad]));
  const ciphertext = Buffer.concat([gcm.update(plaintext), gcm.final()]);
  return Buffer.concat([Uint8Array.of(1), salt, nonce, ciphertext, gcm.getAuthTag()]);
}

function messageKey(key: Buffer, salt: Buffer): Buffer {
  const ecb = createCipheriv("aes-256-ecb", key, null).setAutoPadding(false);
  return ecb.update(Buffer.concat([salt, Uint8Array.of(1), salt, Uint8Array.of(2)]));
}

/** A token that is a map: quick, and there where SoftHSM is not. Its keys are the map's. */
export function memoryToken(keys: Map<string, Buffer>, pin: string): TokenAtHand {
  const login = (given: Uint8Array) => {
    if (Buffer.from(given).toString() !== pin) throw new TokenError("wrong-pin");
  };
  const keyOf = (id: string) => {
    const key = keys.get(id);
    if (key === undefined) throw new TokenError("key-not-found");
    return key;
  };
  return {
    connect: async (use) => login(use.pin),
    createKey: async (use) => {
      login(use.pin);
      const id = randomBytes(16).toString("hex");
      keys.set(id, randomBytes(32));
      return id;
    },
    seal: async (use, key, plaintext, aad) => {
      login(use.pin);
      return sealByThePage(keyOf(key), plaintext, aad);
    },
    open: async (use, key, sealed, aad) => {
      login(use.pin);
      try {
        return openByThePage(keyOf(key), Buffer.from(sealed), aad);
      } catch (thrown) {
        throw thrown instanceof TokenError ? thrown : new TokenError("bad-ciphertext");
      }
    },
    destroyKey: async (use, key) => {
      login(use.pin);
      keys.delete(key);
    },
    random: async (_use, count) => randomBytes(count),
    close: () => {},
  };
}
