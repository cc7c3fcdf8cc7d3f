import { parseHex } from "../../base/index.js";
import { publicRandom } from "../../crypto/index.js";
import { CKA, CKK_AES, CKM, CKO_SECRET_KEY } from "./constants.js";
import { Pkcs11Error } from "./library.js";
import type { Attribute, Handle, Pkcs11Module } from "./module.js";
import { TokenError } from "./token-error.js";

/** Keys in a token, and what is sealed under them. Format: docs/formats/token-seal.md. */
const VERSION = 1;
const SALT_BYTES = 15;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + SALT_BYTES + NONCE_BYTES;
const ID_BYTES = 16;
const KEY_BYTES = 32n;

export interface OpenSession {
  readonly module: Pkcs11Module;
  readonly session: Handle;
}

/** A session's life long, the place of a key in the token does not change. */
export type KnownKeys = Map<string, Handle>;

const LASTING_KEY: readonly Attribute[] = [
  [CKA.CLASS, CKO_SECRET_KEY],
  [CKA.KEY_TYPE, CKK_AES],
  [CKA.VALUE_LEN, KEY_BYTES],
  [CKA.TOKEN, true],
  [CKA.PRIVATE, true],
  [CKA.SENSITIVE, true],
  [CKA.EXTRACTABLE, false],
  // It derives and does nothing else: encrypting single blocks with it would give message keys away.
  [CKA.DERIVE, true],
  [CKA.ENCRYPT, false],
  [CKA.DECRYPT, false],
  [CKA.WRAP, false],
  [CKA.UNWRAP, false],
  [CKA.SIGN, false],
  [CKA.VERIFY, false],
];

const MESSAGE_KEY: readonly Attribute[] = [
  [CKA.CLASS, CKO_SECRET_KEY],
  [CKA.KEY_TYPE, CKK_AES],
  [CKA.VALUE_LEN, KEY_BYTES],
  [CKA.TOKEN, false],
  [CKA.SENSITIVE, true],
  [CKA.EXTRACTABLE, false],
  [CKA.ENCRYPT, true],
  [CKA.DECRYPT, true],
];

const BORN_INSIDE: readonly (readonly [attribute: number, value: boolean])[] = [
  [CKA.SENSITIVE, true],
  [CKA.ALWAYS_SENSITIVE, true],
  [CKA.EXTRACTABLE, false],
  [CKA.NEVER_EXTRACTABLE, true],
  [CKA.LOCAL, true],
];

const HISTORY: ReadonlySet<number> = new Set([CKA.ALWAYS_SENSITIVE, CKA.NEVER_EXTRACTABLE, CKA.LOCAL]);

/** Makes a key that was never outside the token and never can be. The id is its CKA_ID, in hex. */
export function createKey({ module, session }: OpenSession, label: string): string {
  const id = publicRandom(ID_BYTES);
  const named: readonly Attribute[] = [...LASTING_KEY, [CKA.ID, id], [CKA.LABEL, Buffer.from(label, "utf8")]];
  const key = module.generateKey(session, CKM.AES_KEY_GEN, named);
  try {
    refuseUnlessBornInside(module, session, key);
  } catch (thrown) {
    module.destroyObject(session, key);
    throw thrown;
  }
  return id.toString("hex");
}

/** What PKCS#11 only tells of a key's history, some modules do not tell; what it is now, all do. */
function refuseUnlessBornInside(module: Pkcs11Module, session: Handle, key: Handle): void {
  for (const [attribute, expected] of BORN_INSIDE) {
    const value = flagOf(module, session, key, attribute);
    const isMissing = value === undefined && HISTORY.has(attribute);
    if (value !== expected && !isMissing)
      throw new TokenError("unfit", `attribute 0x${attribute.toString(16)} of a new key`);
  }
}

function flagOf(module: Pkcs11Module, session: Handle, key: Handle, attribute: number): boolean | undefined {
  try {
    return module.flag(session, key, attribute);
  } catch (thrown) {
    if (thrown instanceof Pkcs11Error && thrown.code === "CKR_ATTRIBUTE_TYPE_INVALID") return undefined;
    throw thrown;
  }
}

export function sealWith(open: OpenSession, key: Handle, plaintext: Uint8Array, aad: Uint8Array): Buffer {
  const header = Buffer.concat([Uint8Array.of(VERSION), publicRandom(SALT_BYTES), publicRandom(NONCE_BYTES)]);
  const { nonce, bound } = partsOf(header, aad);
  const sealed = withMessageKey(open, key, header, (messageKey) =>
    open.module.gcm("Encrypt", open.session, messageKey, plaintext, nonce, bound),
  );
  return Buffer.concat([header, sealed]);
}

export function openWith(open: OpenSession, key: Handle, sealed: Uint8Array, aad: Uint8Array): Buffer {
  if (sealed[0] !== VERSION || sealed.length < HEADER_BYTES + TAG_BYTES) throw new TokenError("bad-ciphertext");
  const header = Buffer.from(sealed.subarray(0, HEADER_BYTES));
  const { nonce, bound } = partsOf(header, aad);
  return withMessageKey(open, key, header, (messageKey) => {
    try {
      return open.module.gcm("Decrypt", open.session, messageKey, sealed.subarray(HEADER_BYTES), nonce, bound);
    } catch (thrown) {
      // The token has just derived the key, so it is there: what fails now is the ciphertext, whatever modules call it.
      if (thrown instanceof Pkcs11Error && REFUSALS.has(thrown.code)) throw new TokenError("bad-ciphertext");
      throw thrown;
    }
  });
}

const REFUSALS: ReadonlySet<string> = new Set([
  "CKR_ENCRYPTED_DATA_INVALID",
  "CKR_ENCRYPTED_DATA_LEN_RANGE",
  "CKR_AEAD_DECRYPT_FAILED",
  "CKR_SIGNATURE_INVALID",
  "CKR_DATA_INVALID",
  "CKR_GENERAL_ERROR", // SoftHSM's word for a wrong tag
  "CKR_FUNCTION_FAILED",
]);

function partsOf(header: Buffer, aad: Uint8Array) {
  return {
    nonce: header.subarray(1 + SALT_BYTES),
    bound: Buffer.concat([header.subarray(0, 1), aad]),
  };
}

/** A key of its own for each message, made by the token: random nonces under one key would wear it out (kms B-8). */
function withMessageKey<T>(
  { module, session }: OpenSession,
  key: Handle,
  header: Buffer,
  work: (messageKey: Handle) => T,
): T {
  const salt = header.subarray(1, 1 + SALT_BYTES);
  const blocks = Buffer.concat([salt, Uint8Array.of(1), salt, Uint8Array.of(2)]);
  const messageKey = module.deriveKey(session, CKM.AES_ECB_ENCRYPT_DATA, blocks, key, MESSAGE_KEY);
  try {
    return work(messageKey);
  } finally {
    module.destroyObject(session, messageKey);
  }
}

export function findKey({ module, session }: OpenSession, known: KnownKeys, id: string): Handle {
  const handle = known.get(id) ?? lookUp(module, session, id);
  if (handle === undefined) throw new TokenError("key-not-found");
  known.set(id, handle);
  return handle;
}

/** Succeeds if it is already gone. */
export function destroyKey({ module, session }: OpenSession, known: KnownKeys, id: string): void {
  known.delete(id);
  const handle = lookUp(module, session, id);
  if (handle !== undefined) module.destroyObject(session, handle);
}

function lookUp(module: Pkcs11Module, session: Handle, id: string): Handle | undefined {
  const bytes = parseHex(id);
  if (bytes?.length !== ID_BYTES) throw new TokenError("key-not-found", "no id of ours");
  const [handle, second] = module.find(session, [
    [CKA.CLASS, CKO_SECRET_KEY],
    [CKA.TOKEN, true],
    [CKA.ID, bytes],
  ]);
  if (second !== undefined) throw new TokenError("key-not-found", "two keys have that id");
  return handle;
}
