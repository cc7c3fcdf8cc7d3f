import type { AwsError } from "../../base/index.js";
import { signedHeadOfUrl } from "../../wire/index.js";
import { canonicalRequest, stringToSign } from "./canonical.js";
import { checkScope, checkSignedHeaders, checkTime } from "./checks.js";
import { mismatch } from "./errors.js";
import { checkPayload } from "./payload.js";
import { type Presented, UNSIGNED_PAYLOAD } from "./presented.js";
import { s3Mismatch, s3MissingPayloadDeclaration, spacedHex, withoutSecrets } from "./s3-errors.js";
import { heldSigner, isSignature, signature, signingKey } from "./signing-key.js";
import { canonicalQuery, normalisedPath, s3Path } from "./uri.js";
import type { Verification } from "./verification.js";

/** Returns when the secret's holder signed this very request, lately, for this service. Throws AwsError otherwise. */
export function verifySignature(verification: Verification): void {
  checkSignedHeaders(verification);
  checkScope(verification);
  checkTime(verification);
  const { presented, head, family, bodySha256 } = verification;
  const path = family === "s3" ? s3Path(head.path) : normalisedPath(head.path);
  const canonical = canonicalOf(verification, path);
  if (!isSigned(verification, canonical) && !isSignedAsSent(verification, path))
    throw family === "s3" ? s3MismatchOf(presented, canonical) : mismatch(family);
  if (family === "s3" && presented.payload.kind === "sha256" && bodySha256 !== undefined)
    checkPayload(presented.payload.sha256, bodySha256);
}

function isSigned({ presented, secret, holder }: Verification, canonical: string): boolean {
  const { accessKeyId, scope, scopeText, date } = presented;
  const text = stringToSign(date, scopeText, canonical);
  const right =
    holder === undefined
      ? signature(signingKey(accessKeyId, scope, secret), text)
      : signature(heldSigner(holder, presented, secret), text);
  return isSignature(right, presented.signature);
}

/**
 * S3 re-encodes the path, but some clients sign what they send though they leave unencoded what others encode. Both
 * name the same key, so either will do.
 */
function isSignedAsSent(verification: Verification, canonicalPath: string): boolean {
  const { family, head } = verification;
  if (family !== "s3" || head.path === canonicalPath) return false;
  return isSigned(verification, canonicalOf(verification, head.path));
}

function canonicalOf(verification: Verification, path: string): string {
  const { presented, family } = verification;
  const isUrl = presented.kind === "query";
  // What a signer names among the headers may stand in the URL instead.
  const head = isUrl && family === "s3" ? signedHeadOfUrl(verification.head) : verification.head;
  const query = canonicalQuery(head.query, isUrl ? "X-Amz-Signature" : undefined);
  return canonicalRequest(head, {
    method: head.method,
    path,
    query,
    signedHeaders: presented.signedHeaders,
    signedHeadersText: presented.signedHeadersText,
    payloadHash: signedPayloadHash(verification),
  });
}

function signedPayloadHash(verification: Verification): string {
  const { presented, family, bodySha256, allowsUnsignedPayload } = verification;
  if (family === "s3") return s3PayloadHash(presented);
  const { payload } = presented;
  if (payload.kind === "unsigned" && allowsUnsignedPayload) return UNSIGNED_PAYLOAD;
  if (bodySha256 !== undefined) return bodySha256;
  if (payload.kind === "sha256") return payload.sha256;
  throw mismatch(family);
}

/** S3 signs what was declared; what came is held against it afterwards. */
function s3PayloadHash({ payload, kind }: Presented): string {
  switch (payload.kind) {
    case "sha256":
      return payload.sha256;
    case "chunks":
      return payload.text;
    case "unsigned":
      return UNSIGNED_PAYLOAD;
    case "none":
      if (kind === "query") return UNSIGNED_PAYLOAD;
      throw s3MissingPayloadDeclaration();
  }
}

function s3MismatchOf(presented: Presented, canonical: string): AwsError {
  const text = stringToSign(presented.date, presented.scopeText, canonical);
  const shown = withoutSecrets(canonical);
  return s3Mismatch({
    AWSAccessKeyId: presented.accessKeyId,
    StringToSign: text,
    SignatureProvided: presented.signature,
    StringToSignBytes: spacedHex(text),
    CanonicalRequest: shown,
    CanonicalRequestBytes: spacedHex(shown),
  });
}
