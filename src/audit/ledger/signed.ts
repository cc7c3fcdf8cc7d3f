import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { utf8 } from "../../base/index.js";
import { hkdf, keyHandle, type Secret } from "../../crypto/index.js";

const LABEL = "strongroom/audit-ledger/1";
/** What stands before a seed in PKCS #8, and before a public key in SubjectPublicKeyInfo (RFC 8410). */
const PRIVATE_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
const PUBLIC_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

/** A document with the house's signature; whoever has noted the public key can check it without any secret. */
export type Signed<T> = T & { readonly publicKey: string; readonly signature: string };

/** Signs with an Ed25519 key that is derived from the trail's key, so it is the same for ever. */
export class LedgerSigner {
  readonly publicKey: string;
  readonly #key: KeyObject;

  /** The trail's key is still the caller's. */
  constructor(trailKey: Secret) {
    const seed = hkdf(keyHandle(trailKey), Buffer.alloc(0), utf8(LABEL));
    this.#key = seed.use((bytes) => privateKeyOf(bytes));
    seed.wipe();
    const spki = createPublicKey(this.#key).export({ format: "der", type: "spki" });
    this.publicKey = spki.subarray(PUBLIC_PREFIX.length).toString("hex");
  }

  sign<T extends object>(document: T): Signed<T> {
    const named = { ...document, publicKey: this.publicKey };
    return { ...named, signature: sign(null, bytesOf(named), this.#key).toString("hex") };
  }

  /** Says whether this house signed it. */
  isOurs(document: Signed<object>): boolean {
    return document.publicKey === this.publicKey && isSigned(document);
  }
}

/** Whether the signature is right for the public key that the document names: whose key that is, is another question. */
export function isSigned(document: Signed<object>): boolean {
  const { signature, ...named } = document;
  if (!/^[0-9a-f]{64}$/.test(named.publicKey) || !/^[0-9a-f]{128}$/.test(signature)) return false;
  const der = Buffer.concat([PUBLIC_PREFIX, Buffer.from(named.publicKey, "hex")]);
  const key = createPublicKey({ key: der, format: "der", type: "spki" });
  return verify(null, bytesOf(named), key, Buffer.from(signature, "hex"));
}

function privateKeyOf(seed: Uint8Array): KeyObject {
  const der = Buffer.concat([PRIVATE_PREFIX, seed]);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  der.fill(0);
  return key;
}

/** Members keep their order when JSON is written and read, so the text is the same on both sides. */
const bytesOf = (document: object) => utf8(`${LABEL}\0${JSON.stringify(document)}`);
