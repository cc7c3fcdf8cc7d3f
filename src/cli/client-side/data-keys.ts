import { parseBase64 } from "../../base/index.js";
import {
  type ContentFormat,
  type KeyHandle,
  type LocalWrappingKey,
  ownedHandle,
  unwrapDataKey,
  wrapNewDataKey,
} from "../../crypto/index.js";
import { type CallPlace, callKms } from "./calls.js";
import { CIPHER_PAIR, cipherOf, type Envelope, FormatError } from "./message-format.js";

/** Under what an object's data key is wrapped: a KMS key, or a key on the owner's disk. */
export type Wrapping =
  | { readonly kind: "kms"; readonly keyId: string; readonly context: Readonly<Record<string, string>> }
  | { readonly kind: "local"; readonly key: LocalWrappingKey };

export type WrappedDataKey = Pick<Envelope, "wrap" | "wrappedKey" | "description"> & { readonly dataKey: KeyHandle };

/** Pairs that the formats keep for themselves; nobody gives them, and they are not compared. */
const RESERVED = [CIPHER_PAIR, "kms_cmk_id"];

/** A new data key in the clear, as a handle, and wrapped. */
export async function newDataKey(place: CallPlace, wrapping: Wrapping, format: ContentFormat): Promise<WrappedDataKey> {
  if (wrapping.kind === "local") {
    const { dataKey, wrapped } = wrapNewDataKey(wrapping.key);
    return { dataKey, wrap: wrapping.key.wrap, wrappedKey: wrapped, description: {} };
  }
  const description = { ...wrapping.context, [CIPHER_PAIR]: cipherOf(format) };
  const input = { KeyId: wrapping.keyId, KeySpec: "AES_256", EncryptionContext: description };
  const answer = await callKms(place, "GenerateDataKey", input);
  const wrappedKey = bytesIn(answer, "CiphertextBlob");
  return { dataKey: ownedHandle(bytesIn(answer, "Plaintext")), wrap: "kms+context", wrappedKey, description };
}

/**
 * The data key of an object that was read. The KMS key is the one that the caller names, not the one that the object
 * names: who can write the object must not choose it. Throws FormatError, BrokenSeal, CallError.
 */
export async function openDataKey(place: CallPlace, wrapping: Wrapping, envelope: Envelope): Promise<KeyHandle> {
  if (wrapping.kind === "local") {
    if (envelope.wrap !== wrapping.key.wrap) throw new FormatError(`The data key is wrapped by ${envelope.wrap}.`);
    return unwrapDataKey(wrapping.key, envelope.wrappedKey);
  }
  if (envelope.wrap !== "kms+context")
    throw new FormatError(`The data key is wrapped by ${envelope.wrap}, not by KMS.`);
  checkContext(envelope, wrapping.context);
  const answer = await callKms(place, "Decrypt", {
    KeyId: wrapping.keyId,
    CiphertextBlob: envelope.wrappedKey.toString("base64"),
    EncryptionContext: envelope.description,
  });
  return ownedHandle(bytesIn(answer, "Plaintext"));
}

function checkContext({ format, description }: Envelope, given: Readonly<Record<string, string>>): void {
  if (description[CIPHER_PAIR] !== cipherOf(format))
    throw new FormatError("The data key was not wrapped for the content's cipher.");
  const stored = Object.entries(description).filter(([name]) => !RESERVED.includes(name));
  const isSame = stored.length === Object.keys(given).length && stored.every(([name, value]) => given[name] === value);
  if (!isSame) throw new FormatError("The object was encrypted with another encryption context than the one given.");
}

export const isReserved = (name: string): boolean => RESERVED.includes(name);

function bytesIn(answer: Readonly<Record<string, unknown>>, name: string): Buffer {
  const value = answer[name];
  const bytes = typeof value === "string" ? parseBase64(value) : undefined;
  if (!bytes || bytes.length === 0) throw new Error(`KMS answered without ${name}.`);
  return Buffer.from(bytes);
}
