import { createHmac, createSecretKey, randomBytes } from "node:crypto";
import { blobKey, generateKeyPair, keyHandle, newSecret, sealBlob, sign } from "../../src/crypto/index.js";

// The bare primitives of the benchmark's operations, in one process and without any server: prints name and rate a line.

const SECONDS = Number(process.env["STRONGROOM_BENCH_SECONDS"] ?? 5) / 2;
const message = randomBytes(64);
const names = { account: "111122223333", keyId: "1234abcd-12ab-34cd-56ef-1234567890ab", materialId: "0".repeat(64) };
const key = blobKey(keyHandle(newSecret()), names);
const macKey = createSecretKey(randomBytes(32));
const p256 = (await generateKeyPair("ECC_NIST_P256")).privateKey;
const rsa = (await generateKeyPair("RSA_2048")).privateKey;

const PRIMITIVES: Readonly<Record<string, () => unknown>> = {
  GenerateDataKey: () => newSecret().use((bytes) => sealBlob(key, bytes, Buffer.alloc(4))),
  Encrypt: () => sealBlob(key, message, Buffer.alloc(4)),
  GenerateMac: () => createHmac("sha256", macKey).update(message).digest(),
  "Sign P-256": () => sign(p256, "ECDSA_SHA_256", "RAW", message),
  "Sign RSA-2048": () => sign(rsa, "RSASSA_PKCS1_V1_5_SHA_256", "RAW", message),
};

for (const [name, run] of Object.entries(PRIMITIVES)) {
  for (let warm = 0; warm < 20; warm++) await run();
  const started = performance.now();
  let count = 0;
  for (; performance.now() - started < SECONDS * 1000; count++) await run();
  process.stdout.write(`${name}\t${(count * 1000) / (performance.now() - started)}\n`);
}
