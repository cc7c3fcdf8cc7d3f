import { verify } from "node:crypto";
import { type Clock, LIMITS, MINUTE_MS, rowOf, SECOND_MS, table, utf8 } from "../../../base/index.js";
import { expiredIdentityToken, invalidIdentityToken } from "../errors.js";
import { type IssuerKey, type IssuerKeys, noVerificationKey } from "./issuer-keys.js";

/** A token as it was read; nothing in it is true before `verifyToken` said so. */
export interface UnverifiedToken {
  readonly header: Claims;
  readonly claims: Claims;
  readonly signed: string;
  readonly signature: Buffer;
  readonly issuer: string;
}

export type Claims = Readonly<Record<string, unknown>>;

/** What a verified token says. */
export interface WebIdentity {
  readonly issuer: string;
  readonly subject: string;
  /** The client id of the provider that the token is for. */
  readonly audience: string;
  readonly amr: readonly string[];
  readonly claims: Claims;
}

/** What AWS takes: PKCS #1 v1.5 and ECDSA. No `none`, and no MAC that a public key could forge. */
const ALGORITHMS = table<Record<string, Algorithm>>({
  RS256: { hash: "sha256", type: "rsa", curve: undefined },
  RS384: { hash: "sha384", type: "rsa", curve: undefined },
  RS512: { hash: "sha512", type: "rsa", curve: undefined },
  ES256: { hash: "sha256", type: "ec", curve: "prime256v1" },
  ES384: { hash: "sha384", type: "ec", curve: "secp384r1" },
  ES512: { hash: "sha512", type: "ec", curve: "secp521r1" },
});

type Algorithm = { readonly hash: string; readonly type: string; readonly curve: string | undefined };

/** What issuers' clocks may be ahead of ours. A token is never taken after its end. */
const SKEW_MS = 5 * MINUTE_MS;

const noToken = () =>
  invalidIdentityToken(
    "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
  );
const missing = (claim: string) => invalidIdentityToken(`Missing a required claim: ${claim}`);

export function readToken(text: string): UnverifiedToken {
  const parts = text.split(".");
  const [head = "", body = "", tail = ""] = parts;
  if (text.length > LIMITS.webIdentityTokenChars || parts.length !== 3) throw noToken();
  const [header, claims] = [parsePart(head), parsePart(body)];
  if (!/^[\w-]+$/.test(tail)) throw noToken();
  const { iss } = claims;
  if (typeof iss !== "string") throw missing("iss");
  return { header, claims, signed: `${head}.${body}`, signature: Buffer.from(tail, "base64url"), issuer: iss };
}

function parsePart(part: string): Claims {
  if (!/^[\w-]+$/.test(part)) throw noToken();
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Claims; // an object
  } catch {
    // falls through: what is no JSON is no token either
  }
  throw noToken();
}

/** Throws unless the issuer signed it, for one of these clients, and for now. */
export async function verifyToken(
  token: UnverifiedToken,
  clientIds: readonly string[],
  keys: IssuerKeys,
  clock: Clock,
): Promise<WebIdentity> {
  const { header, claims, issuer } = token;
  const algorithm = typeof header["alg"] === "string" ? rowOf(ALGORITHMS, header["alg"]) : undefined;
  // A header that must be understood and is not makes the token void (RFC 7515, 4.1.11).
  if (algorithm === undefined || header["crit"] !== undefined) throw noToken();
  const kid = typeof header["kid"] === "string" ? header["kid"] : undefined;
  const candidates = (await keys.keysFor(issuer, kid)).filter((key) => isFor(key, header["alg"], algorithm));
  if (candidates.length === 0) throw noVerificationKey();
  if (!candidates.some((candidate) => isSignedBy(candidate, token, algorithm)))
    throw invalidIdentityToken("The web identity token's signature could not be verified.");
  checkTimes(claims, clock);
  return {
    issuer,
    subject: required(claims, "sub"),
    audience: audienceOf(claims, clientIds),
    amr: textsOf(claims["amr"]),
    claims,
  };
}

function isFor({ key, alg }: IssuerKey, wanted: unknown, { type, curve }: Algorithm): boolean {
  if (alg !== undefined && alg !== wanted) return false;
  return key.asymmetricKeyType === type && (curve === undefined || key.asymmetricKeyDetails?.namedCurve === curve);
}

const isSignedBy = ({ key }: IssuerKey, { signed, signature }: UnverifiedToken, { hash, type }: Algorithm) =>
  verify(hash, utf8(signed), type === "ec" ? { key, dsaEncoding: "ieee-p1363" } : key, signature);

function checkTimes(claims: Claims, clock: Clock): void {
  const nowMs = clock.nowMs();
  const [exp, iat, nbf] = [timeOf(claims, "exp"), timeOf(claims, "iat"), timeOf(claims, "nbf")];
  if (exp === undefined) throw missing("exp");
  if (iat === undefined) throw missing("iat");
  const now = Math.floor(nowMs / SECOND_MS);
  if (nowMs >= exp * SECOND_MS)
    throw expiredIdentityToken(
      `Token expired: current date/time ${now} must be before the expiration date/time ${Math.floor(exp)}`,
    );
  for (const start of [iat, nbf ?? iat])
    if (start * SECOND_MS > nowMs + SKEW_MS) throw invalidIdentityToken("The web identity token is not valid yet.");
}

function timeOf(claims: Claims, name: string): number | undefined {
  const value = claims[name];
  if (value === undefined) return undefined;
  if (typeof value !== "number" || !Number.isFinite(value)) throw noToken();
  return value;
}

function required(claims: Claims, name: string): string {
  const value = claims[name];
  if (typeof value !== "string" || value === "") throw missing(name);
  return value;
}

/** The party that the token was issued to counts before those who may read it. */
function audienceOf(claims: Claims, clientIds: readonly string[]): string {
  const { azp } = claims;
  const audiences = typeof azp === "string" ? [azp] : textsOf(claims["aud"]);
  if (audiences.length === 0) throw missing("aud");
  const audience = audiences.find((each) => clientIds.includes(each));
  if (audience === undefined) throw invalidIdentityToken("Incorrect token audience");
  return audience;
}

export function textsOf(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((each) => typeof each === "string");
}
