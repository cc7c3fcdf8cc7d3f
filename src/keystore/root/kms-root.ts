import { hex, isRegion, parseBase64 } from "../../base/index.js";
import { KEY_BYTES, publicRandom, Secret } from "../../crypto/index.js";
import { isSafeEndpoint } from "./kms-endpoint.js";
import type { Protection, RootOffer, RootProvider } from "./provider.js";
import { RootError } from "./root-error.js";
import type { ProviderRecord } from "./root-file.js";

export interface KmsPlace {
  /** `https://…`; plain HTTP to this machine alone. */
  readonly endpoint: string;
  readonly region: string;
}

/** One signed call of a KMS elsewhere. Throws RootError: `kms-unreachable` or `kms-refused`, `damaged` for wrong ciphertext. */
export type CallKms = (
  place: KmsPlace,
  operation: "GenerateDataKey" | "Decrypt",
  input: object,
) => Promise<Readonly<Record<string, unknown>>>;

type KmsRecord = Extract<ProviderRecord, { kind: "kms" }>;

/** Names the data folder to the other KMS: in its trail, and for conditions of its key's policy. */
const contextOf = (folder: string) => ({ "strongroom:root-of": folder });

/** The wrapping key is a data key of a KMS key elsewhere. */
export async function kmsProtection(provider: Extract<RootProvider, { kind: "kms" }>): Promise<Protection> {
  const { endpoint, region, keyId, callKms } = provider;
  if (!isSafeEndpoint(endpoint) || !isRegion(region)) throw new RootError("weak-parameters");
  const folder = hex(publicRandom(16));
  const asked = { KeyId: keyId, KeySpec: "AES_256", EncryptionContext: contextOf(folder) };
  const made = await callKms({ endpoint, region }, "GenerateDataKey", asked);
  const [keyArn, sealed] = [textOf(made["KeyId"]), textOf(made["CiphertextBlob"])];
  if (keyArn === "" || sealed === "") throw new RootError("kms-refused", "not an answer of a KMS");
  return { record: { kind: "kms", endpoint, region, keyArn, folder, sealed }, wrapping: keyIn(made), shares: [] };
}

export async function kmsWrappingKey(
  record: KmsRecord,
  { callKms }: Extract<RootOffer, { kind: "kms" }>,
): Promise<Secret> {
  const { endpoint, region, keyArn, folder, sealed } = record;
  const asked = { KeyId: keyArn, CiphertextBlob: sealed, EncryptionContext: contextOf(folder) };
  return keyIn(await callKms({ endpoint, region }, "Decrypt", asked));
}

function keyIn(answer: Readonly<Record<string, unknown>>): Secret {
  const key = parseBase64(textOf(answer["Plaintext"]));
  if (key?.length !== KEY_BYTES) throw new RootError("kms-refused", "not an answer of a KMS");
  return Secret.own(key);
}

const textOf = (value: unknown) => (typeof value === "string" && value.length <= 8192 ? value : "");
