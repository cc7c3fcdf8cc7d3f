import { createHmac } from "node:crypto";
import { type AwsError, equalBytes, isoSeconds, SECOND_MS, utf8 } from "../../base/index.js";
import type { RequestHead } from "../../wire/index.js";
import { checkPayload } from "../sigv4/payload.js";
import { s3AccessDenied, s3Mismatch, s3UnsupportedMechanism, spacedHex, withoutSecrets } from "../sigv4/s3-errors.js";
import type { PresentedVersion2 } from "./parse.js";
import { isAmbiguous, stringToSign, unsignedParameters } from "./string-to-sign.js";

export interface Version2Verification {
  readonly presented: PresentedVersion2;
  readonly head: RequestHead;
  /** Virtual-host style: it is signed as the first segment of the path. */
  readonly bucketFromHost: string | undefined;
  readonly secret: string;
  /** Of the body that came, lower-case hex. Undefined while it still streams: then `PayloadHasher` proves it. */
  readonly bodySha256: string | undefined;
  readonly now: Date;
}

/** Returns when the secret's holder signed this request until now or later. Throws AwsError otherwise. */
export function verifyVersion2(verification: Version2Verification): void {
  const { presented, head, bucketFromHost, secret, bodySha256 } = verification;
  checkExpiry(verification);
  checkParameters(head.query);
  const text = stringToSign(head, presented, bucketFromHost);
  const isSigned = equalBytes(utf8(signatureOf(text, secret)), utf8(presented.signature));
  if (!isSigned || isAmbiguous(head.query)) throw mismatch(presented, text);
  // The signature covers no body, and no key of version 4 is there that chunks could be signed with.
  if (presented.payload.kind === "chunks" && presented.payload.isSigned) throw s3UnsupportedMechanism();
  if (presented.payload.kind === "sha256" && bodySha256 !== undefined)
    checkPayload(presented.payload.sha256, bodySha256);
}

function checkExpiry({ presented, now }: Version2Verification): void {
  const expiresMs = Number(presented.expires) * SECOND_MS;
  if (now.getTime() <= expiresMs) return;
  throw s3AccessDenied("Request has expired", {
    Expires: isoSeconds(new Date(expiresMs)),
    ServerTime: isoSeconds(now),
  });
}

function checkParameters(query: string): void {
  const names = unsignedParameters(query);
  if (names.length === 0) return;
  throw s3AccessDenied("There were query parameters present in the request which were not signed", {
    ParametersNotSigned: names.join(", ").slice(0, 256),
  });
}

/** SHA-1 is what version 2 is made of. As HMAC it still holds; nothing else here may use it. */
const signatureOf = (text: string, secret: string): string =>
  createHmac("sha1", utf8(secret)).update(text, "latin1").digest("base64");

function mismatch({ accessKeyId, signature }: PresentedVersion2, text: string): AwsError {
  const shown = withoutSecrets(text);
  return s3Mismatch({
    AWSAccessKeyId: accessKeyId,
    StringToSign: shown,
    SignatureProvided: signature,
    StringToSignBytes: spacedHex(shown),
  });
}
