import type { WrappingAlgorithm } from "../../crypto/index.js";
import { wrapForImport } from "../../crypto/testing.js";
import type { RequestContext } from "../../kit/index.js";
import type { TestService } from "./testing.js";

/** 32 bytes that a key's owner may bring. */
export const bytesOf = (value: number): Buffer => Buffer.alloc(32, value);

export const STAYS = { ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE" } as const;

/** A key that waits for its material. */
export const externalKey = (kms: TestService, input: object = {}): Promise<string> =>
  kms.keyId({ Origin: "EXTERNAL", ...input });

/** What ImportKeyMaterial takes, wrapped as its owner would; without members about expiry. */
export async function wrapped(
  kms: TestService,
  KeyId: string,
  material: Uint8Array,
  WrappingAlgorithm: WrappingAlgorithm = "RSAES_OAEP_SHA_256",
) {
  const parameters = await kms.call("GetParametersForImport", {
    KeyId,
    WrappingAlgorithm,
    WrappingKeySpec: "RSA_2048",
  });
  const EncryptedKeyMaterial = wrapForImport(parameters.PublicKey, WrappingAlgorithm, material);
  return { KeyId, ImportToken: parameters.ImportToken, EncryptedKeyMaterial };
}

/** Imports material that stays, unless the members say something else. Gives its id. */
export async function importInto(
  kms: TestService,
  KeyId: string,
  material: Uint8Array,
  members: object = STAYS,
  parts?: Partial<RequestContext>,
): Promise<string> {
  const input = { ...(await wrapped(kms, KeyId, material)), ...members };
  return (await kms.call("ImportKeyMaterial", input, parts)).KeyMaterialId;
}

export const refusedImport = async (
  kms: TestService,
  KeyId: string,
  material: Uint8Array,
  members: object = STAYS,
  parts?: Partial<RequestContext>,
): Promise<string> => kms.refused("ImportKeyMaterial", { ...(await wrapped(kms, KeyId, material)), ...members }, parts);
