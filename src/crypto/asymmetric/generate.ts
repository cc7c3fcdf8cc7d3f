import { generateKeyPair as generateWithCallback, type KeyObject, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { nativePublicHalf } from "./native.js";
import { mlDsa, mlKem } from "./noble.js";
import { type KeyPair, seedHandle } from "./private-key.js";
import { rawSpki, type Seed, seedBytesOf } from "./seed.js";
import { isMlDsa, isMlKem, KEY_PAIRS, type KeyPairSpec, type MlDsaSpec, type MlKemSpec } from "./specs.js";

const generateOpensslPair = promisify(generateWithCallback);

/** A fresh key pair. Searching for RSA's primes takes up to seconds and is done on the thread pool. */
export async function generateKeyPair(spec: KeyPairSpec): Promise<KeyPair> {
  if (isMlDsa(spec) || isMlKem(spec)) return growKeyPair(spec, randomBytes(seedBytesOf(KEY_PAIRS[spec])));
  const { privateKey, publicKey } = await generateWithOpenssl(spec);
  return { privateKey: { spec, key: privateKey }, publicKey: publicKey.export({ type: "spki", format: "der" }) };
}

type OpensslSpec = Exclude<KeyPairSpec, MlDsaSpec | MlKemSpec>;

function generateWithOpenssl(spec: OpensslSpec): Promise<{ privateKey: KeyObject; publicKey: KeyObject }> {
  const pair = KEY_PAIRS[spec];
  if (pair.kind === "rsa") return generateOpensslPair("rsa", { modulusLength: pair.bits, publicExponent: 65_537 });
  if (pair.kind === "ec") return generateOpensslPair("ec", { namedCurve: pair.curve, paramEncoding: "named" });
  return generateOpensslPair("ed25519", {});
}

/** The key pair that grows from a seed, which is taken over and wiped. */
export async function growKeyPair(spec: MlDsaSpec | MlKemSpec, seed: Seed): Promise<KeyPair> {
  const publicKey = nativePublicHalf(spec, seed) ?? (await publicHalf(spec, seed));
  return { publicKey, privateKey: seedHandle(spec, seed) };
}

async function publicHalf(spec: MlDsaSpec | MlKemSpec, seed: Seed): Promise<Buffer> {
  const algorithm = isMlDsa(spec) ? await mlDsa(spec) : await mlKem(spec);
  const { publicKey, secretKey } = algorithm.keygen(seed);
  secretKey.fill(0);
  return rawSpki(KEY_PAIRS[spec], publicKey);
}
