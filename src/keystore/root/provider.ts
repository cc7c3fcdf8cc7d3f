import { resolve } from "node:path";
import { base64, hex } from "../../base/index.js";
import { newSecret, publicRandom, type Secret } from "../../crypto/index.js";
import { removeFile } from "../../store/index.js";
import type { TokenPlace } from "../pkcs11/token-place.js";
import { addToKeyFile, keepInKeyFile, readFromKeyFile } from "./key-file.js";
import { type CallKms, type KmsPlace, kmsProtection, kmsWrappingKey } from "./kms-root.js";
import { ARGON2_DEFAULTS, type Argon2Parameters, isBearable, refuseWeakPassphrase, stretch } from "./passphrase.js";
import { RootError } from "./root-error.js";
import type { ProviderRecord } from "./root-file.js";
import { combineShares, splitIntoShares } from "./shares.js";
import { forgetTokenKey, type OpenToken, tokenProtection, tokenWrappingKey } from "./token-root.js";

/** How a root of trust is to be protected from now on. */
export type RootProvider =
  /** `path` is relative to the data folder or absolute, `root.key` unless given. */
  | { readonly kind: "file"; readonly path?: string }
  | { readonly kind: "passphrase"; readonly passphrase: Secret; readonly parameters?: Argon2Parameters }
  | { readonly kind: "shares"; readonly shares: number; readonly threshold: number }
  /** The PIN of the token's user. */
  | { readonly kind: "pkcs11"; readonly place: TokenPlace; readonly pin: Secret; readonly openToken: OpenToken }
  /** `keyId` in any form that KMS takes; what is kept is the key's ARN. */
  | ({ readonly kind: "kms"; readonly keyId: string; readonly callKms: CallKms } & KmsPlace);

/** What its owner brings to open it. */
export type RootOffer =
  | { readonly kind: "file" }
  | { readonly kind: "passphrase"; readonly passphrase: Secret }
  | { readonly kind: "shares"; readonly shares: readonly string[] }
  | { readonly kind: "pkcs11"; readonly pin: Secret; readonly openToken: OpenToken }
  | { readonly kind: "kms"; readonly callKms: CallKms };

/** A new wrapping key, not yet in force. */
export interface Protection {
  readonly record: ProviderRecord;
  readonly wrapping: Secret;
  /** To be shown once and kept nowhere. */
  readonly shares: readonly string[];
}

export async function newProtection(provider: RootProvider): Promise<Protection> {
  if (provider.kind === "passphrase") return passphraseProtection(provider.passphrase, provider.parameters);
  if (provider.kind === "pkcs11") return tokenProtection(provider);
  if (provider.kind === "kms") return kmsProtection(provider);
  const [wrapping, id] = [newSecret(), hex(publicRandom(8))];
  if (provider.kind === "file") {
    return { record: { kind: "file", path: provider.path ?? "root.key", keyId: id }, wrapping, shares: [] };
  }
  const { shares, threshold } = provider;
  const texts = await splitIntoShares(wrapping, id, shares, threshold);
  return { record: { kind: "shares", setId: id, shares, threshold }, wrapping, shares: texts };
}

async function passphraseProtection(passphrase: Secret, parameters = ARGON2_DEFAULTS): Promise<Protection> {
  refuseWeakPassphrase(passphrase);
  if (!isBearable(parameters)) throw new RootError("weak-parameters");
  const { memoryKib, passes, lanes } = parameters;
  const salt = publicRandom(16);
  const wrapping = await stretch(passphrase, salt, parameters);
  return { record: { kind: "passphrase", salt: base64(salt), memoryKib, passes, lanes }, wrapping, shares: [] };
}

/** The wrapping key that the offer gives. A wrong passphrase or share gives a key that opens nothing. */
export async function wrappingKey(folder: string, record: ProviderRecord, offer: RootOffer): Promise<Secret> {
  if (record.kind === "file" && offer.kind === "file")
    return readFromKeyFile(resolve(folder, record.path), record.keyId);
  if (record.kind === "shares" && offer.kind === "shares") {
    return combineShares(offer.shares, record.setId, record.threshold);
  }
  if (record.kind === "passphrase" && offer.kind === "passphrase") {
    return stretch(offer.passphrase, Buffer.from(record.salt, "base64"), record);
  }
  if (record.kind === "pkcs11" && offer.kind === "pkcs11") return tokenWrappingKey(record, offer);
  if (record.kind === "kms" && offer.kind === "kms") return kmsWrappingKey(record, offer);
  throw new RootError("wrong-offer");
}

/** What must be on the disk before root.json names this protection. */
export function prepare(folder: string, { record, wrapping }: Protection): void {
  if (record.kind === "file") addToKeyFile(resolve(folder, record.path), record.keyId, wrapping);
}

/** What must go once root.json names `now` and no longer `before`: from the disk, and from the token. */
export async function retire(
  folder: string,
  before: ProviderRecord,
  now: ProviderRecord,
  offer: RootOffer,
): Promise<void> {
  const isSameFile = before.kind === "file" && now.kind === "file" && pathOf(folder, before) === pathOf(folder, now);
  if (before.kind === "file" && !isSameFile) removeFile(pathOf(folder, before));
  dropUnused(folder, now);
  if (before.kind !== "pkcs11" || offer.kind !== "pkcs11") return;
  await forgetTokenKey(before, offer).catch(() => {
    throw new RootError("old-key-left", before.key);
  });
}

/** Takes out of a key file what changes that were cut off have left there. */
export function dropUnused(folder: string, record: ProviderRecord): void {
  if (record.kind === "file") keepInKeyFile(pathOf(folder, record), record.keyId);
}

const pathOf = (folder: string, { path }: { path: string }) => resolve(folder, path);
