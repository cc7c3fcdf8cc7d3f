import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import type { CallKms } from "./kms-root.js";
import { RootError } from "./root-error.js";

const KEY_ARN = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/** What a KMS with one key does, its key made of a name: data keys open for the same context alone. */
export function memoryKms(name: string): CallKms {
  const key = createHash("sha256").update(name).digest();
  return async (_place, operation, input) => {
    const asked = input as { KeyId: string; CiphertextBlob?: string; EncryptionContext: object }; // as the root asks
    if (![KEY_ARN, "alias/root"].includes(asked.KeyId)) throw new RootError("kms-refused", "NotFoundException");
    const aad = Buffer.from(JSON.stringify(asked.EncryptionContext));
    if (operation === "GenerateDataKey") {
      const [plaintext, nonce] = [randomBytes(32), randomBytes(12)];
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(aad);
      const blob = Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
      return { KeyId: KEY_ARN, CiphertextBlob: blob.toString("base64"), Plaintext: plaintext.toString("base64") };
    }
    const blob = Buffer.from(asked.CiphertextBlob ?? "", "base64");
    try {
      const decipher = createDecipheriv("aes-256-gcm", key, blob.subarray(0, 12)).setAAD(aad);
      decipher.setAuthTag(blob.subarray(-16));
      const opened = Buffer.concat([decipher.update(blob.subarray(12, -16)), decipher.final()]);
      return { KeyId: KEY_ARN, Plaintext: opened.toString("base64") };
    } catch {
      throw new RootError("damaged", "InvalidCiphertextException");
    }
  };
}
