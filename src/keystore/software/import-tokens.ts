import { asBuffer, rowOf, table, utf8 } from "../../base/index.js";
import { BrokenSeal, Secret, unwrapImported, type WrappingAlgorithm } from "../../crypto/index.js";
import { KeyStoreError, type MaterialOwner } from "../port.js";
import type { Root } from "../root/root.js";

const VERSION = 1;
const ALGORITHM_AT = 1;
const VALID_TO_AT = 2;
const KEY_AT = 8;
/** KMS takes no longer token; with an RSA_4096 key ours has some 2,450 bytes. */
const MOST_TOKEN_BYTES = 6144;

/** How a token writes its algorithm. Numbers are never given to another one. */
const CODES = table({
  RSAES_OAEP_SHA_1: 1,
  RSAES_OAEP_SHA_256: 2,
  RSA_AES_KEY_WRAP_SHA_1: 3,
  RSA_AES_KEY_WRAP_SHA_256: 4,
} satisfies Record<WrappingAlgorithm, number>);

export interface TokenContent {
  readonly algorithm: WrappingAlgorithm;
  readonly validTo: Date;
  /** The private wrapping key. Stays the caller's. */
  readonly pkcs8: Secret;
}

/**
 * The private wrapping key lies in the token itself, sealed below the domain key and bound to the KMS key: nothing is
 * kept here, and asking again takes nothing away. Format: docs/formats/import-token.md.
 */
export function sealImportToken(root: Root, owner: MaterialOwner, { algorithm, validTo, pkcs8 }: TokenContent): Buffer {
  return pkcs8.use((bytes) => {
    const content = Buffer.alloc(KEY_AT + bytes.length);
    content[0] = VERSION;
    content[ALGORITHM_AT] = CODES[algorithm];
    content.writeUIntBE(validTo.getTime(), VALID_TO_AT, 6);
    content.set(bytes, KEY_AT);
    const sealed = root.domainKey(owner.account, owner.region).seal(content, binding(owner));
    content.fill(0);
    return sealed;
  });
}

/** What was wrapped for this token and this KMS key. `bad-token`, `expired-token`, or `bad-ciphertext`. */
export function unwrapWithToken(
  root: Root,
  owner: MaterialOwner,
  token: Uint8Array,
  wrapped: Uint8Array,
  now: Date,
): Secret {
  const content = openToken(root, owner, token);
  try {
    if (content.readUIntBE(VALID_TO_AT, 6) <= now.getTime()) throw new KeyStoreError("expired-token");
    return unwrap(algorithmOf(content[ALGORITHM_AT]), content.subarray(KEY_AT), wrapped);
  } finally {
    content.fill(0);
  }
}

function openToken(root: Root, owner: MaterialOwner, token: Uint8Array): Buffer {
  if (token.length > MOST_TOKEN_BYTES) throw new KeyStoreError("bad-token");
  try {
    const content = root.domainKey(owner.account, owner.region).open(token, binding(owner));
    if (content[0] === VERSION && content.length > KEY_AT) return content;
  } catch (thrown) {
    if (!(thrown instanceof BrokenSeal)) throw thrown;
  }
  throw new KeyStoreError("bad-token");
}

function unwrap(algorithm: WrappingAlgorithm, pkcs8: Buffer, wrapped: Uint8Array): Secret {
  try {
    return unwrapImported(algorithm, Secret.own(pkcs8), asBuffer(wrapped));
  } catch (thrown) {
    if (thrown instanceof BrokenSeal) throw new KeyStoreError("bad-ciphertext");
    throw thrown;
  }
}

function algorithmOf(code: number | undefined): WrappingAlgorithm {
  const name = Object.keys(CODES).find((each) => rowOf(CODES, each) === code);
  if (name === undefined) throw new KeyStoreError("bad-token");
  return name as WrappingAlgorithm; // a name of the table, which lists them all
}

const binding = ({ account, region, keyId }: MaterialOwner): Buffer =>
  utf8(JSON.stringify(["strongroom-import-token", VERSION, account, region, keyId]));
