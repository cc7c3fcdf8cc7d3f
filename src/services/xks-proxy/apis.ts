import { createHash } from "node:crypto";
import { equalBytes } from "../../base/index.js";
import type { CallContext } from "../../identity/index.js";
import type { ExternalUse, Key } from "../../kms/index.js";
import { aadOf, type Body, bytesOf, checkAlgorithm, invalid, wantsIntegrity } from "./bodies.js";
import { externalCiphertext, MOST_TEXT_BYTES, type WireCiphertext, wireCiphertext } from "./ciphertext.js";
import { ProxyError } from "./errors.js";

/** One external key in use: which KMS key it is, and in whose name it is used. */
export interface KeyCall {
  readonly keys: ExternalUse;
  readonly call: CallContext;
  readonly externalKeyId: string;
  readonly keyArn: string;
}

export async function getKeyMetadata({ keys, call, keyArn }: KeyCall): Promise<object> {
  const key = await keys.describe(call, keyArn);
  const isAes = key.spec === "SYMMETRIC_DEFAULT";
  return {
    keySpec: isAes ? "AES_256" : key.spec,
    keyUsage: isAes ? ["ENCRYPT", "DECRYPT"] : [key.usage],
    keyStatus: isUsable(key) ? "ENABLED" : "DISABLED",
  };
}

const isUsable = ({ state }: Key) => state === "Enabled" || state === "Updating";

/** The external key's id is bound too: another name of the same KMS key opens nothing. */
const boundTo = (of: KeyCall, bytes: Buffer) => ({ name: `xks/${of.externalKeyId}`, bytes });

export async function encrypt(of: KeyCall, body: Body): Promise<object> {
  checkAlgorithm(body);
  const plaintext = bytesOf(body, "plaintext");
  try {
    if (plaintext.length > MOST_TEXT_BYTES) throw invalid("plaintext is too long.");
    const aad = aadOf(body);
    const made = await of.keys.encrypt(of.call, of.keyArn, plaintext, boundTo(of, aad));
    const wire = wireCiphertext(made);
    if (!wantsIntegrity(body)) return base64Members(wire);
    // First the value, then the trial: a bit that falls over in between is found by one of the two.
    const value = integrityValue(aad, wire);
    const opened = await of.keys.decrypt(of.call, of.keyArn, made, boundTo(of, aad));
    const isSame = equalBytes(opened, plaintext);
    opened.fill(0);
    if (!isSame) throw new ProxyError("InternalException", "The key store returned a wrong ciphertext.");
    return { ...base64Members(wire), ciphertextDataIntegrityValue: value.toString("base64") };
  } finally {
    plaintext.fill(0);
  }
}

export async function decrypt(of: KeyCall, body: Body): Promise<object> {
  checkAlgorithm(body);
  const sealed = externalCiphertext(body);
  const plaintext = await of.keys.decrypt(of.call, of.keyArn, sealed, boundTo(of, aadOf(body)));
  const answer = { plaintext: plaintext.toString("base64") };
  plaintext.fill(0);
  return answer;
}

const base64Members = (wire: WireCiphertext) =>
  Object.fromEntries(Object.entries(wire).map(([name, bytes]: [string, Buffer]) => [name, bytes.toString("base64")]));

function integrityValue(aad: Buffer, made: WireCiphertext): Buffer {
  const hash = createHash("sha256").update(aad).update(made.ciphertextMetadata).update(made.initializationVector);
  return hash.update(made.ciphertext).update(made.authenticationTag).digest();
}

/** One process is as good as another here, and the key store answers or nothing does. */
export const healthStatus = (fleetSize: number) => ({
  xksProxyFleetSize: fleetSize,
  xksProxyVendor: "Strongroom",
  xksProxyModel: "Strongroom XKS proxy",
  ekmVendor: "Strongroom",
  ekmFleetDetails: [{ id: "strongroom", model: "Strongroom KMS", healthStatus: "ACTIVE" }],
});
