import { createHmac } from "node:crypto";
import { type AwsError, equalBytes, utf8 } from "../../base/index.js";
import { parseCredential } from "./parse-parts.js";
import { ALGORITHM, type Scope, TERMINATOR } from "./presented.js";
import { s3InvalidArgument, s3Mismatch, spacedHex } from "./s3-errors.js";
import { isSignature, signature, signingKey } from "./signing-key.js";

/** What the fields of a browser's form say of who signed its policy. */
export interface PostSignature {
  readonly accessKeyId: string;
  /** Undefined: Signature Version 2. */
  readonly scope: Scope | undefined;
  /** In base64, as it was signed. */
  readonly policy: string;
  readonly signature: string;
  readonly sessionToken: string | undefined;
}

const VERSION_4 = ["X-Amz-Signature", "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date"] as const;
const VERSION_2 = ["Signature", "AWSAccessKeyId"] as const;

/** Undefined where the form carries no signature: its policy says nothing then. Throws for a part of one. */
export function parsePostSignature(fields: ReadonlyMap<string, string>): PostSignature | undefined {
  const has = (name: string) => fields.has(name.toLowerCase());
  const isSigned = [...VERSION_4, ...VERSION_2].some(has);
  if (!isSigned) return undefined;
  const names = VERSION_4.some(has) ? VERSION_4 : VERSION_2;
  for (const name of ["policy", ...names]) if (!has(name)) throw missingField(name);
  const field = (name: string) => fields.get(name.toLowerCase()) ?? "";
  const common = { policy: field("policy"), sessionToken: fields.get("x-amz-security-token") };
  if (names === VERSION_2) {
    const accessKeyId = field("AWSAccessKeyId");
    return { ...common, accessKeyId, scope: undefined, signature: field("Signature") };
  }
  const algorithm = field("X-Amz-Algorithm");
  if (algorithm !== ALGORITHM) throw s3InvalidArgument(`X-Amz-Algorithm only supports "${ALGORITHM}"`);
  const { accessKeyId, scope } = parseCredential(field("X-Amz-Credential"), "s3", "query");
  return { ...common, accessKeyId, scope, signature: field("X-Amz-Signature") };
}

const missingField = (name: string): AwsError =>
  s3InvalidArgument(
    `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`,
    { ArgumentName: name, ArgumentValue: "" },
  );

/** Returns when the secret's holder signed this policy for S3 in a Region of this house. */
export function verifyPostSignature(presented: PostSignature, secret: string, regions: ReadonlySet<string>): void {
  const { scope, policy } = presented;
  if (scope !== undefined) checkScope(scope, regions);
  const isSigned =
    scope === undefined
      ? equalBytes(utf8(version2(policy, secret)), utf8(presented.signature))
      : isSignature(signature(signingKey(presented.accessKeyId, scope, secret), policy), presented.signature);
  if (isSigned) return;
  throw s3Mismatch({
    AWSAccessKeyId: presented.accessKeyId,
    StringToSign: policy,
    SignatureProvided: presented.signature,
    StringToSignBytes: spacedHex(policy),
  });
}

function checkScope(scope: Scope, regions: ReadonlySet<string>): void {
  const [expected = ""] = regions;
  const wrong = !regions.has(scope.region)
    ? `the region '${scope.region}' is wrong; expecting '${expected}'`
    : scope.service !== "s3"
      ? `incorrect service "${scope.service}". This endpoint belongs to "s3".`
      : scope.terminator !== TERMINATOR
        ? `incorrect terminal "${scope.terminator}". This endpoint uses "${TERMINATOR}".`
        : undefined;
  if (wrong !== undefined) throw s3InvalidArgument(`Error parsing the X-Amz-Credential parameter; ${wrong}`);
}

/** SHA-1 is what version 2 is made of. As HMAC it still holds. */
const version2 = (policy: string, secret: string): string =>
  createHmac("sha1", utf8(secret)).update(policy, "latin1").digest("base64");
