import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import type { CustomStore, CustomStoreKind, StoreSettings, StoreUse } from "./port.js";
import { StoreFailure } from "./port.js";

/** A custom key store in memory, whose way can be blocked, and the list of what it was asked. */
export interface MemoryKind<Settings extends StoreSettings> extends CustomStoreKind<Settings> {
  readonly asked: { readonly what: string; readonly use: StoreUse }[];
  readonly destroyed: string[];
  /** Thrown by whatever is asked next and after, until it is undefined again. */
  failure: Error | undefined;
}

export function memoryKind<Settings extends StoreSettings>(encryptsTwice: boolean): MemoryKind<Settings> {
  const kind: MemoryKind<Settings> = {
    encryptsTwice,
    asked: [],
    destroyed: [],
    failure: undefined,
    check: async (_settings, use) => ask("check", use),
    open: () => store,
  };
  function ask(what: string, use: StoreUse): void {
    kind.asked.push({ what, use });
    if (kind.failure !== undefined) throw kind.failure;
  }
  const store: CustomStore = {
    connect: async (use) => ask("connect", use),
    createKey: async ({ keyId, xksKeyId }, use) => {
      ask("createKey", use);
      return { id: xksKeyId ?? `hsm-${keyId}` };
    },
    encrypt: async (key, plaintext, aad, use) => {
      ask("encrypt", use);
      const nonce = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", keyBytes(key.id), nonce).setAAD(aad);
      return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
    },
    decrypt: async (key, sealed, aad, use) => {
      ask("decrypt", use);
      return opened(keyBytes(key.id), Buffer.from(sealed), aad);
    },
    destroyKey: async ({ id }) => {
      if (kind.failure !== undefined) throw kind.failure;
      kind.destroyed.push(id);
    },
    randomBytes: async (count) => randomBytes(count),
    close: () => {},
  };
  return kind;
}

const keyBytes = (id: string) => createHash("sha256").update(id).digest();

function opened(key: Buffer, sealed: Buffer, aad: Uint8Array): Buffer {
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, 12)).setAAD(aad);
  decipher.setAuthTag(sealed.subarray(-16));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
  } catch {
    throw new StoreFailure("The external key store proxy rejected the ciphertext or the encryption context.");
  }
}
