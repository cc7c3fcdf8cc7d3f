import { base64, parseBase64, utf8 } from "../../base/index.js";
import { newSecret, Secret } from "../../crypto/index.js";
import type { Tokens } from "../pkcs11/port.js";
import { TokenError, type TokenReason } from "../pkcs11/token-error.js";
import type { TokenPlace } from "../pkcs11/token-place.js";
import type { Protection, RootOffer, RootProvider } from "./provider.js";
import { RootError, type RootReason } from "./root-error.js";
import type { ProviderRecord } from "./root-file.js";

/** Opens one token, for as long as the root needs it. */
export type OpenToken = (place: TokenPlace) => TokenAtHand;

/** The cluster that `use` names is the token itself, whatever its name. */
export interface TokenAtHand extends Tokens {
  close(): void;
}

type TokenRecord = Extract<ProviderRecord, { kind: "pkcs11" }>;
type TokenOffer = Extract<RootOffer, { kind: "pkcs11" }>;

export const ROOT_TOKEN = "root";
const LABEL = "strongroom root of trust";
const BINDING = utf8("strongroom-root-wrapping/1");

const REASONS: Readonly<Record<TokenReason, RootReason>> = {
  "no-cluster": "token-unreachable",
  "token-absent": "token-unreachable",
  unreachable: "token-unreachable",
  "user-busy": "token-unreachable",
  "wrong-pin": "wrong-pin",
  "no-user": "wrong-pin",
  "pin-locked": "pin-locked",
  unfit: "token-unfit",
  "key-not-found": "token-key-missing",
  "bad-ciphertext": "damaged",
};

/** A new key in the token, and a new wrapping key that it alone opens. */
export function tokenProtection({
  place,
  pin,
  openToken,
}: Extract<RootProvider, { kind: "pkcs11" }>): Promise<Protection> {
  return atToken(openToken, place, pin, async (tokens, use) => {
    const wrapping = newSecret();
    const key = await tokens.createKey(use, LABEL);
    const sealed = await wrapping.use((bytes) => tokens.seal(use, key, bytes, BINDING));
    const { module, token, user = "" } = place;
    return { record: { kind: "pkcs11", module, token, user, key, sealed: base64(sealed) }, wrapping, shares: [] };
  });
}

export function tokenWrappingKey(record: TokenRecord, { pin, openToken }: TokenOffer): Promise<Secret> {
  const sealed = parseBase64(record.sealed);
  if (sealed === undefined) throw new RootError("damaged");
  return atToken(openToken, placeOf(record), pin, async (tokens, use) =>
    Secret.own(await tokens.open(use, record.key, sealed, BINDING)),
  );
}

/** Once nothing is wrapped under it any more. */
export function forgetTokenKey(record: TokenRecord, { pin, openToken }: TokenOffer): Promise<void> {
  return atToken(openToken, placeOf(record), pin, (tokens, use) => tokens.destroyKey(use, record.key));
}

const placeOf = ({ module, token, user }: TokenRecord): TokenPlace =>
  user === "" ? { module, token } : { module, token, user };

async function atToken<T>(
  openToken: OpenToken,
  place: TokenPlace,
  pin: Secret,
  work: (tokens: Tokens, use: { cluster: string; pin: Uint8Array }) => Promise<T>,
): Promise<T> {
  const tokens = openToken(place);
  try {
    return await pin.use((bytes) => work(tokens, { cluster: ROOT_TOKEN, pin: bytes }));
  } catch (thrown) {
    throw thrown instanceof TokenError ? new RootError(REASONS[thrown.reason], thrown.detail) : thrown;
  } finally {
    tokens.close();
  }
}
