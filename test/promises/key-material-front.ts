/** A front process for key-material.test.ts: uses keys through the custodian, keeps one data key, wipes the others. */
import { writeHeapSnapshot } from "node:v8";
import { ManualClock } from "../../src/base/index.js";
import { canonicalContext, Secret } from "../../src/crypto/index.js";
import { connectCustodian, type KeyStore, type Material } from "../../src/keystore/index.js";

export interface FrontTask {
  readonly socketPath: string;
  readonly tokenBytes: number[];
  /** Symmetric. */
  readonly materials: readonly Material[];
  readonly pairs: Readonly<Record<"hmac" | "curve" | "edwards" | "rsa" | "dsa" | "kem", Material>>;
  /** The curve's public key, as its own peer, and a ciphertext for each key that decrypts: base64. */
  readonly curvePublicKey: string;
  readonly rsaCiphertext: string;
  readonly kemCiphertext: string;
  readonly snapshotPath: string;
}

export interface FrontDone {
  readonly heldBlob: string;
  readonly wipedBlob: string;
  /** Private halves of data key pairs: one that was here and was wiped, one that never was. */
  readonly pairBlobs: readonly string[];
}

const context = canonicalContext({ purpose: "promise" });
/** Held until the process ends, so that its memory holds one data key for certain. */
const held: Secret[] = [];

process.on("message", async (task: FrontTask) => {
  const clock = new ManualClock();
  const token = Secret.own(Buffer.from(task.tokenBytes));
  const keys = connectCustodian({ socketPath: task.socketPath, token, clock });
  for (const material of task.materials) {
    for (let round = 0; round < 100; round++) {
      const blob = await keys.encrypt(material, Buffer.from("strongroom-canary-plaintext"), context);
      (await keys.decrypt(material, blob, context)).fill(0);
      (await keys.generateDataKey(material, 32, context)).plaintext.wipe();
      await keys.reEncrypt({ material, blob, aad: context }, { material, aad: context });
    }
  }
  for (let round = 0; round < 20; round++) await usePairs(keys, task);
  const [first] = task.materials as [Material]; // there is at least one
  const wiped = await keys.generateDataKey(first, 32, context);
  wiped.plaintext.wipe();
  const pair = await keys.generateDataKeyPair(first, "ECC_NIST_P256", context);
  pair.privateKey.wipe();
  const pairBlobs = [pair, await keys.generateDataKeyPairBlob(first, "ECC_NIST_P256", context)];
  const kept = await keys.generateDataKey(first, 32, context);
  held.push(kept.plaintext);
  await keys.encrypt(first, Buffer.from("the last call"), context);
  writeHeapSnapshot(task.snapshotPath);
  const done: FrontDone = {
    heldBlob: Buffer.from(kept.blob).toString("base64"),
    wipedBlob: Buffer.from(wiped.blob).toString("base64"),
    pairBlobs: pairBlobs.map(({ blob }) => Buffer.from(blob).toString("base64")),
  };
  process.send?.(done);
});

async function usePairs(keys: KeyStore, { pairs, ...task }: FrontTask): Promise<void> {
  const [message, digest] = [Buffer.from("strongroom-canary-plaintext"), Buffer.alloc(32, 1)];
  await keys.mac(pairs.hmac, "HMAC_SHA_256", message);
  await keys.sign(pairs.curve, "ECDSA_SHA_256", "RAW", message);
  await keys.sign(pairs.curve, "ECDSA_SHA_256", "DIGEST", digest);
  await keys.agree(pairs.curve, Buffer.from(task.curvePublicKey, "base64"));
  await keys.sign(pairs.edwards, "ED25519_PH_SHA_512", "DIGEST", Buffer.alloc(64, 1));
  await keys.sign(pairs.rsa, "RSASSA_PSS_SHA_256", "DIGEST", digest);
  await keys.decryptAsymmetric(pairs.rsa, "RSAES_OAEP_SHA_256", Buffer.from(task.rsaCiphertext, "base64"));
  await keys.sign(pairs.dsa, "ML_DSA_SHAKE_256", "RAW", message);
  await keys.decapsulate(pairs.kem, Buffer.from(task.kemCiphertext, "base64"));
}
