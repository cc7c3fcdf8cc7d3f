import { generateKeyPairSync } from "node:crypto";
import * as sdk from "@aws-sdk/client-kms";
import type { Canaries } from "../canaries.js";
import type { Inputs, Stage } from "../row.js";
import { newKey } from "./kms.js";

export const PEER = generateKeyPairSync("ec", { namedCurve: "prime256v1" }).publicKey.export({
  type: "spki",
  format: "der",
});
const CONTEXT = { purpose: "promise" };

/** One key of each kind beside the symmetric one. */
async function keysOfAllKinds(stage: Stage) {
  const make = (KeySpec: sdk.KeySpec, KeyUsage: sdk.KeyUsageType) => newKey(stage, { KeySpec, KeyUsage });
  return {
    signer: await make("ECC_NIST_P256", "SIGN_VERIFY"),
    hmac: await make("HMAC_256", "GENERATE_VERIFY_MAC"),
    agreement: await make("ECC_NIST_P256", "KEY_AGREEMENT"),
    kem: await make("ML_KEM_512", "ENCAPSULATE_DECAPSULATE"),
    rsa: await make("RSA_2048", "ENCRYPT_DECRYPT"),
  };
}

/** I2: what the operations on these keys are called with, so that an administrator's calls do their work. */
export async function inputsOfAllKinds(stage: Stage): Promise<Inputs["operations"]> {
  const { kms } = stage.root;
  const keys = await keysOfAllKinds(stage);
  const Message = Buffer.from("message");
  const signing = { KeyId: keys.signer, Message, SigningAlgorithm: "ECDSA_SHA_256" } as const;
  const tagging = { KeyId: keys.hmac, Message, MacAlgorithm: "HMAC_SHA_256" } as const;
  const kem = { KeyId: keys.kem, EncapsulationAlgorithm: "ML_KEM" } as const;
  const { Signature } = await kms.send(new sdk.SignCommand(signing));
  const { Mac } = await kms.send(new sdk.GenerateMacCommand(tagging));
  const { SharedSecretCiphertextBlob } = await kms.send(new sdk.EncapsulateCommand(kem));
  return {
    Sign: signing,
    Verify: { ...signing, Signature },
    GenerateMac: tagging,
    VerifyMac: { ...tagging, Mac },
    DeriveSharedSecret: { KeyId: keys.agreement, KeyAgreementAlgorithm: "ECDH", PublicKey: PEER },
    Encapsulate: kem,
    Decapsulate: { ...kem, SharedSecretCiphertextBlob },
    GetPublicKey: { KeyId: keys.signer },
    GenerateDataKeyPair: { KeyPairSpec: "ECC_NIST_P256" },
    GenerateDataKeyPairWithoutPlaintext: { KeyPairSpec: "ECC_NIST_P256" },
  };
}

/** I1: messages, plaintexts, secrets and private keys that pass through; none of them may stay. */
export async function plantInAllKinds(stage: Stage, canaries: Canaries): Promise<void> {
  const { kms } = stage.root;
  const keys = await keysOfAllKinds(stage);
  const body = (field: string) => canaries.body(`kms ${field}`, 100);
  const signing = { KeyId: keys.signer, SigningAlgorithm: "ECDSA_SHA_256", Message: body("signed message") } as const;
  const { Signature } = await kms.send(new sdk.SignCommand(signing));
  canaries.secret("kms signature", Signature);
  await kms.send(new sdk.VerifyCommand({ ...signing, Signature }));
  const tagging = { KeyId: keys.hmac, MacAlgorithm: "HMAC_SHA_256", Message: body("MACed message") } as const;
  const { Mac } = await kms.send(new sdk.GenerateMacCommand(tagging));
  canaries.secret("kms MAC", Mac);
  await kms.send(new sdk.VerifyMacCommand({ ...tagging, Mac }));
  const agreed = { KeyId: keys.agreement, KeyAgreementAlgorithm: "ECDH", PublicKey: PEER } as const;
  canaries.secret("kms agreed secret", (await kms.send(new sdk.DeriveSharedSecretCommand(agreed))).SharedSecret);
  const kem = { KeyId: keys.kem, EncapsulationAlgorithm: "ML_KEM" } as const;
  const { SharedSecret, SharedSecretCiphertextBlob } = await kms.send(new sdk.EncapsulateCommand(kem));
  canaries.secret("kms encapsulated secret", SharedSecret);
  await kms.send(new sdk.DecapsulateCommand({ ...kem, SharedSecretCiphertextBlob }));
  const rsa = { KeyId: keys.rsa, EncryptionAlgorithm: "RSAES_OAEP_SHA_256" } as const;
  const sealed = await kms.send(new sdk.EncryptCommand({ ...rsa, Plaintext: body("RSA plaintext") }));
  await kms.send(new sdk.DecryptCommand({ ...rsa, CiphertextBlob: sealed.CiphertextBlob }));
  await plantPair(stage, canaries);
}

async function plantPair(stage: Stage, canaries: Canaries): Promise<void> {
  const input = { KeyId: await newKey(stage), KeyPairSpec: "ECC_NIST_P256", EncryptionContext: CONTEXT } as const;
  const pair = await stage.root.kms.send(new sdk.GenerateDataKeyPairCommand(input));
  // The frame of a PKCS#8 key is the same in all of them; its scalar stands 36 bytes in.
  canaries.secret("kms data key pair", pair.PrivateKeyPlaintext?.slice(36, 68));
}
