import { BadKey } from "./bad-key.js";
import { bits, octets, sequence, smallInteger } from "./der.js";

/** What an ML-DSA (32 bytes) or ML-KEM (64 bytes) key pair grows from. */
export type Seed = Buffer;

interface Seeded {
  readonly kind: "ml-dsa" | "ml-kem";
  readonly oid: string;
}

export const seedBytesOf = ({ kind }: Pick<Seeded, "kind">): number => (kind === "ml-dsa" ? 32 : 64);

/** PKCS#8 with the seed alone: `[0] OCTET STRING`, the first choice of RFC 9881 and RFC 9935. */
export function seedPkcs8(pair: Seeded, seed: Seed): Buffer {
  return Buffer.concat([prefixOf(pair), seed]);
}

export function seedOf(pair: Seeded, pkcs8: Buffer): Seed {
  const prefix = prefixOf(pair);
  const isOurs = pkcs8.length === prefix.length + seedBytesOf(pair) && prefix.equals(pkcs8.subarray(0, prefix.length));
  if (!isOurs) throw new BadKey();
  return Buffer.from(pkcs8.subarray(prefix.length));
}

/** SubjectPublicKeyInfo of these algorithms: the object identifier, no parameters, the key as it is. */
export function rawSpki({ oid }: Seeded, publicKey: Uint8Array): Buffer {
  return sequence(sequence(Buffer.from(oid, "hex")), bits(publicKey));
}

/** The key in a SubjectPublicKeyInfo that `rawSpki` made. */
export function rawPublicKey(pair: Seeded & { readonly publicKeyBytes: number }, spki: Buffer): Buffer {
  const key = spki.subarray(Math.max(spki.length - pair.publicKeyBytes, 0));
  if (!rawSpki(pair, key).equals(spki)) throw new BadKey();
  return key;
}

function prefixOf(pair: Seeded): Buffer {
  const none = Buffer.alloc(seedBytesOf(pair));
  const seed = Buffer.concat([Buffer.from([0x80, none.length]), none]);
  const whole = sequence(smallInteger(0), sequence(Buffer.from(pair.oid, "hex")), octets(seed));
  return whole.subarray(0, whole.length - none.length);
}
