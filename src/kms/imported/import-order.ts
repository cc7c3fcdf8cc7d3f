import { AwsError, addDays } from "../../base/index.js";
import type { ImportExpectation, ImportWrapping, MaterialId } from "../../keystore/index.js";
import { type Key, refuseIf } from "../key.js";
import { type KeyMaterial, wrongOrigin } from "../rotation.js";
import { isPermanent } from "./summary.js";

/** What ImportKeyMaterial asks for. */
export interface ImportOrder {
  readonly token: Uint8Array;
  readonly wrapped: Uint8Array;
  readonly type: "NEW_KEY_MATERIAL" | "EXISTING_KEY_MATERIAL" | undefined;
  readonly materialId: string | undefined;
  readonly description: string | undefined;
  readonly expiration: "KEY_MATERIAL_EXPIRES" | "KEY_MATERIAL_DOES_NOT_EXPIRE" | undefined;
  readonly validTo: Date | undefined;
}

/** The longest that imported material may be given (kms I-5). */
const MOST_VALID_DAYS = 365;

/** What the members say about each other, before any key is looked at (kms I-5, I-8). */
export function checkOrder(order: ImportOrder, now: Date): void {
  const { expiration = "KEY_MATERIAL_EXPIRES", validTo, type, materialId } = order;
  if (expiration === "KEY_MATERIAL_EXPIRES" && validTo === undefined) {
    throw validation("A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES");
  }
  if (expiration === "KEY_MATERIAL_DOES_NOT_EXPIRE" && validTo !== undefined) {
    throw validation("A validTo date must not be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE");
  }
  if (type === "NEW_KEY_MATERIAL" && materialId !== undefined) {
    throw validation("KeyMaterialId cannot be specified if the ImportType is NEW_KEY_MATERIAL");
  }
  if (validTo === undefined || (validTo > now && validTo <= addDays(now, MOST_VALID_DAYS))) return;
  throw validation(`The validTo date must be in the future and at most ${MOST_VALID_DAYS} days away`);
}

/** Which keys take material from outside, and in which states (kms section 2). */
export function refuseUnlessImportable(key: Key): void {
  refuseIf(key, "Creating");
  refuseUnlessExternal(key);
  refuseIf(key, "PendingDeletion", "PendingReplicaDeletion");
}

export function refuseUnlessWrappable(key: Key): void {
  refuseIf(key, "Creating", "Updating");
  refuseUnlessImportable(key);
}

export function refuseUnlessErasable(key: Key): void {
  refuseIf(key, "Creating", "Updating");
  refuseUnlessExternal(key);
}

function refuseUnlessExternal(key: Key): void {
  if (key.origin !== "EXTERNAL") throw wrongOrigin(key);
}

/** What only keys with more than one material know (kms I-6). */
export function checkOrderFor(key: Key, { type, materialId, description }: ImportOrder): void {
  if (key.spec === "SYMMETRIC_DEFAULT") return;
  if (type === undefined && materialId === undefined && description === undefined) return;
  throw unsupported("ImportType, KeyMaterialDescription and KeyMaterialId are for symmetric encryption keys only.");
}

/** New unless something was imported before (kms I-7). Keys that are not symmetric have one material for ever. */
export function isNewMaterial(materials: readonly KeyMaterial[], { type }: ImportOrder): boolean {
  return type === undefined ? materials.length === 0 : type === "NEW_KEY_MATERIAL";
}

/** What the bytes must be, or must not be, by what the key had before (kms I-8, I-9). */
export function expectationOf(materials: readonly KeyMaterial[], order: ImportOrder): ImportExpectation {
  const ids = materials.map(({ id }) => id);
  if (isNewMaterial(materials, order)) return { never: ids, isTrial: pendingOf(materials) !== undefined };
  return { only: order.materialId === undefined ? ids : ids.filter((id) => id === order.materialId) };
}

/** The one material that waits for its rotation. */
export const pendingOf = (materials: readonly KeyMaterial[]): KeyMaterial | undefined =>
  materials.find((material) => !isPermanent(material));

export const anotherIsPending = (key: Key, added: MaterialId, pending: MaterialId): AwsError =>
  new AwsError(
    "KMSInvalidStateException",
    `New key material (id: ${added}) cannot be imported into KMS key ${key.arn}, because another key material (id: ${pending}) is pending rotation.`,
  );

export const incorrectMaterial = (cause?: unknown): AwsError =>
  new AwsError("IncorrectKeyMaterialException", "The key material is not the one that the KMS key expects.", { cause });

/**
 * What wraps which material (kms 8.1). Private RSA keys are longer than any OAEP takes, and a P-521 key is longer than
 * an RSA_2048 one takes.
 */
export function parseWrapping(key: Key, algorithm: string, keySpec: string): ImportWrapping {
  const spec = WRAPPING_SPECS.find((each) => each === keySpec);
  if (spec === undefined) throw unsupported(`The wrapping key spec ${keySpec} is not supported.`);
  const found = [...DIRECT, ...AROUND_AES].find((each) => each === algorithm);
  if (found === undefined) throw unsupported(`The wrapping algorithm ${algorithm} is not supported.`);
  const isDirect = DIRECT.some((each) => each === found);
  const isTooLong = key.spec.startsWith("RSA_") || (key.spec === "ECC_NIST_P521" && spec === "RSA_2048");
  if (isDirect && isTooLong) {
    throw unsupported(`${algorithm} with ${keySpec} cannot wrap key material of the key spec ${key.spec}.`);
  }
  return { keySpec: spec, algorithm: found };
}

const WRAPPING_SPECS = ["RSA_2048", "RSA_3072", "RSA_4096"] as const;
const DIRECT = ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"] as const;
const AROUND_AES = ["RSA_AES_KEY_WRAP_SHA_1", "RSA_AES_KEY_WRAP_SHA_256"] as const;

const validation = (message: string) => new AwsError("ValidationException", message);
const unsupported = (message: string) => new AwsError("UnsupportedOperationException", message);
