import { createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { describeThrown, HOUR_MS, LIMITS, type Log, Lru, SECOND_MS } from "../../../base/index.js";
import { idpCommunicationError, invalidIdentityToken } from "../errors.js";
import { type FetchJson, type FetchOptions, jsonFetcher } from "./fetch-json.js";

/** A key with which an issuer signs. */
export interface IssuerKey {
  readonly kid: string | undefined;
  /** Where the issuer limits the key to one algorithm. */
  readonly alg: string | undefined;
  readonly key: KeyObject;
}

export interface IssuerKeys {
  /** The issuer's keys that may have signed a token of this key id. */
  keysFor(issuer: string, kid: string | undefined): Promise<readonly IssuerKey[]>;
}

interface Known {
  readonly atMs: number;
  readonly keys: Promise<readonly IssuerKey[]>;
}

const MOST_ISSUERS = 1000;
const KEPT_MS = HOUR_MS;
/** Whoever sends tokens of unknown keys, or of an issuer that is down, makes us ask no more often than that. */
const ASKED_AGAIN_MS = 10 * SECOND_MS;
const LEAST_RSA_BITS = 2048;

/** AWS's words for every way in which the keys cannot be had from an issuer that answers. */
export const noVerificationKey = () =>
  invalidIdentityToken(
    "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
  );

export function openIssuerKeys(
  options: FetchOptions & { readonly log: Log },
  fetchJson: FetchJson = jsonFetcher(options),
): IssuerKeys {
  const { clock, log } = options;
  const known = new Lru<string, Known>(MOST_ISSUERS);

  function ask(issuer: string): Promise<readonly IssuerKey[]> {
    const keys = fetchKeys(fetchJson, issuer).catch((thrown: unknown) => {
      log.warn("oidc-issuer-failed", { issuer, ...describeThrown(thrown) });
      throw thrown;
    });
    keys.catch(() => {}); // whoever waits for it hears of it
    known.set(issuer, { atMs: clock.nowMs(), keys });
    return keys;
  }

  return {
    async keysFor(issuer, kid) {
      const entry = known.get(issuer);
      const ageMs = entry === undefined ? Number.POSITIVE_INFINITY : clock.nowMs() - entry.atMs;
      if (entry === undefined || ageMs >= KEPT_MS) return fitting(await ask(issuer), kid);
      const isFresh = ageMs < ASKED_AGAIN_MS;
      const keys = await entry.keys.catch((thrown: unknown) => {
        if (isFresh) throw thrown;
        return [];
      });
      const found = fitting(keys, kid);
      return found.length > 0 || isFresh ? found : fitting(await ask(issuer), kid);
    },
  };
}

const fitting = (keys: readonly IssuerKey[], kid: string | undefined) =>
  keys.filter((each) => kid === undefined || each.kid === undefined || each.kid === kid);

async function fetchKeys(fetchJson: FetchJson, issuer: string): Promise<readonly IssuerKey[]> {
  const found = await reach(fetchJson, `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
  const { issuer: named, jwks_uri: keysUrl } = membersOf(found);
  // Who serves another's document must not speak for it (OpenID Connect Discovery 4.3).
  if (named !== issuer || typeof keysUrl !== "string" || !URL.canParse(keysUrl)) throw noVerificationKey();
  if (new URL(keysUrl).protocol !== "https:") throw noVerificationKey();
  const { keys } = membersOf(await reach(fetchJson, keysUrl));
  if (!Array.isArray(keys) || keys.length > LIMITS.oidcKeys) throw noVerificationKey();
  return keys.map(parseKey).filter((key) => key !== undefined);
}

/** A document that is no JSON is the issuer's fault; a connection that fails is nobody's and may be tried again. */
async function reach(fetchJson: FetchJson, url: string): Promise<unknown> {
  try {
    return await fetchJson(url);
  } catch (thrown) {
    if (thrown instanceof SyntaxError) throw noVerificationKey();
    throw idpCommunicationError("Unable to reach the identity provider to verify the token. Try the request again.");
  }
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : {}; // an object: each member is looked at before it is used
}

/** Undefined for a key that is not for signing, is of another kind, or is too weak. */
function parseKey(value: unknown): IssuerKey | undefined {
  const jwk = membersOf(value);
  const { kty, use, kid, alg } = jwk;
  if ((kty !== "RSA" && kty !== "EC") || (use !== undefined && use !== "sig")) return undefined;
  try {
    const key = createPublicKey({ key: jwk as JsonWebKey, format: "jwk" }); // node:crypto checks its members
    if (kty === "RSA" && (key.asymmetricKeyDetails?.modulusLength ?? 0) < LEAST_RSA_BITS) return undefined;
    return { kid: textOr(kid), alg: textOr(alg), key };
  } catch {
    return undefined; // a key that cannot be read verifies nothing; the issuer's others may
  }
}

const textOr = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
