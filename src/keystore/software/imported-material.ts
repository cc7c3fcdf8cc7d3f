import { hex, utf8 } from "../../base/index.js";
import {
  BadKey,
  HMAC_KEYS,
  importPrivateKey,
  isHmacSpec,
  isKeyPairSpec,
  type KeyHandle,
  type KeyPairSpec,
  type MaterialSpec,
  mac,
  privateKeyBytes,
  Secret,
} from "../../crypto/index.js";
import { type ImportExpectation, KeyStoreError, type MaterialId, type MaterialOwner } from "../port.js";

const SYMMETRIC_BYTES = 32;
const MOST_HMAC_BYTES = 128;

/** The house key under which imported material gets its id; like the file's own key it is given to nobody. */
export const IMPORT_IDS_PURPOSE = "keystore/imported-material-ids";

/**
 * `wrong-material` unless a key of this spec can be made of the bytes (kms 8.1). Gives the bytes that the house keeps,
 * always the same for the same key; the caller wipes them. What was given belongs to the caller still.
 */
export function parseImported(spec: MaterialSpec, secret: Secret): { kept: Secret; publicKey?: Uint8Array } {
  if (isKeyPairSpec(spec)) return parsePair(spec, secret);
  const length = secret.use((bytes) => bytes.length);
  const [least, most] = isHmacSpec(spec)
    ? [HMAC_KEYS[spec].keyBytes, MOST_HMAC_BYTES]
    : [SYMMETRIC_BYTES, SYMMETRIC_BYTES];
  if (length < least || length > most) throw new KeyStoreError("wrong-material");
  return { kept: secret.use((bytes) => Secret.own(Buffer.from(bytes))) };
}

function parsePair(spec: KeyPairSpec, secret: Secret) {
  try {
    const { privateKey, publicKey } = importPrivateKey(spec, secret);
    return { kept: privateKeyBytes(privateKey), publicKey };
  } catch (thrown) {
    if (thrown instanceof BadKey) throw new KeyStoreError("wrong-material");
    throw thrown;
  }
}

/**
 * The same for the same key and bytes for ever, in every Region, so that a re-import is known as one (kms I-10). It is
 * a MAC and not a hash: whoever sees ids cannot test guesses about material.
 */
export function importedId(idKey: KeyHandle, { keyId }: MaterialOwner, secret: Secret): MaterialId {
  return secret.use((bytes) => {
    const name = utf8(`strongroom/imported-material/1\0${keyId}\0`);
    const input = Buffer.concat([name, bytes]);
    const id = hex(mac("HMAC_SHA_256", idKey, input));
    input.fill(0);
    return id as MaterialId; // 64 hex digits
  });
}

/** What the key already knows of its material decides whether these bytes may come in. */
export function checkExpected(id: MaterialId, { only, never }: ImportExpectation): void {
  if (only !== undefined && !only.includes(id)) throw new KeyStoreError("wrong-material");
  if (never?.includes(id)) throw new KeyStoreError("wrong-material");
}
