import { AwsError, table } from "../../base/index.js";
import type { ProtocolName } from "../../wire/index.js";
import type { NoCredential } from "../open-identity.js";

/** Services speak of bad signatures in four ways. */
export type Family = "json" | "query" | "rest" | "s3";

const FAMILIES = table({
  awsJson1_0: "json",
  awsJson1_1: "json",
  awsQuery: "query",
  ec2Query: "query",
  restJson1: "rest",
  restXml: "s3",
});

export const familyOf = (protocol: ProtocolName): Family => FAMILIES[protocol];

type Wrong = "missing" | "incomplete" | "mismatch" | "unknownKey" | "expiredToken";
type Word = readonly [code: string, status: number];

const WORDS = table({
  // KMS answers 400 to all of them though the shared documentation says 403 (kms W-13).
  json: {
    missing: ["MissingAuthenticationTokenException", 400],
    incomplete: ["IncompleteSignatureException", 400],
    mismatch: ["InvalidSignatureException", 400],
    unknownKey: ["UnrecognizedClientException", 400],
    expiredToken: ["ExpiredTokenException", 400],
  },
  rest: {
    missing: ["MissingAuthenticationTokenException", 403],
    incomplete: ["IncompleteSignatureException", 400],
    mismatch: ["InvalidSignatureException", 403],
    unknownKey: ["UnrecognizedClientException", 403],
    expiredToken: ["ExpiredTokenException", 403],
  },
  query: {
    missing: ["MissingAuthenticationToken", 403],
    incomplete: ["IncompleteSignature", 400],
    mismatch: ["SignatureDoesNotMatch", 403],
    unknownKey: ["InvalidClientTokenId", 403],
    expiredToken: ["ExpiredToken", 403],
  },
} as const satisfies Record<Exclude<Family, "s3">, Record<Wrong, Word>>);

/** Every family but S3, which has words of its own for nearly everything (`s3-errors.ts`). */
export function refusal(family: Exclude<Family, "s3">, wrong: Wrong, message: string): AwsError {
  const [code, status] = WORDS[family][wrong];
  return new AwsError(code, message, { status });
}

const MISMATCH =
  "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key " +
  "and signing method. Consult the service documentation for details.";

export const mismatch = (family: Exclude<Family, "s3">): AwsError => refusal(family, "mismatch", MISMATCH);

export const incomplete = (family: Exclude<Family, "s3">, message: string): AwsError =>
  refusal(family, "incomplete", message);

/** Nobody signed, where somebody has to. */
export function missingSignature(family: Family): AwsError {
  return family === "s3"
    ? new AwsError("AccessDenied", "Access Denied", { status: 403 })
    : refusal(family, "missing", "Missing Authentication Token");
}

/** A key that may not sign. An inactive key and an unknown one are told alike, so that nobody learns which exist. */
export function credentialError(family: Family, why: NoCredential["why"], accessKeyId: string): AwsError {
  if (family === "s3") return s3CredentialError(why, accessKeyId);
  return why === "expired-token"
    ? refusal(family, "expiredToken", "The security token included in the request is expired")
    : refusal(family, "unknownKey", "The security token included in the request is invalid.");
}

function s3CredentialError(why: NoCredential["why"], AWSAccessKeyId: string): AwsError {
  if (why === "expired-token") return new AwsError("ExpiredToken", "The provided token has expired.", { status: 400 });
  if (why === "bad-token")
    return new AwsError("InvalidToken", "The provided token is malformed or otherwise invalid.", { status: 400 });
  const message = "The AWS Access Key Id you provided does not exist in our records.";
  return new AwsError("InvalidAccessKeyId", message, { status: 403, fields: { AWSAccessKeyId } });
}
