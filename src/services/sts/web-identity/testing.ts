import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { testRsaKey } from "../../../crypto/testing.js";

export const ISSUER = "https://id.example.com/tenant";

export interface TestIssuer {
  readonly url: string;
  readonly kid: string;
  readonly privateKey: KeyObject;
  /** The issuer's documents, by URL. */
  documents(): Readonly<Record<string, unknown>>;
  token(claims: object, header?: object): string;
}

const pairs = new Map<string, KeyObject>();

function privateKeyOf(type: "rsa" | "ec"): KeyObject {
  const made =
    pairs.get(type) ??
    (type === "rsa" ? testRsaKey("RSA_2048") : generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey);
  pairs.set(type, made);
  return made;
}

export function testIssuer(type: "rsa" | "ec" = "ec", url = ISSUER): TestIssuer {
  const [privateKey, kid] = [privateKeyOf(type), `key-${type}`];
  const alg = type === "rsa" ? "RS256" : "ES256";
  const jwk = createPublicKey(privateKey).export({ format: "jwk" });
  return {
    url,
    kid,
    privateKey,
    documents: () => ({
      [`${url}/.well-known/openid-configuration`]: { issuer: url, jwks_uri: `${url}/keys` },
      [`${url}/keys`]: { keys: [{ ...jwk, kid, use: "sig", alg }] },
    }),
    token: (claims, header = {}) => signed(privateKey, { alg, kid, typ: "JWT", ...header }, claims),
  };
}

export function signed(key: KeyObject, header: object, claims: object): string {
  const text = `${part(header)}.${part(claims)}`;
  return `${text}.${sign("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
}

export const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
