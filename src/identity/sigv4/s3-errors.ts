import { AwsError, hex } from "../../base/index.js";
import { UNSIGNED_PAYLOAD } from "./presented.js";

type Fields = Readonly<Record<string, unknown>>;

export const s3AccessDenied = (message: string, fields: Fields = {}): AwsError =>
  new AwsError("AccessDenied", message, { status: 403, fields });

export const s3InvalidArgument = (message: string, fields: Fields = {}): AwsError =>
  new AwsError("InvalidArgument", message, { status: 400, fields });

export const s3MalformedHeader = (detail: string, fields: Fields = {}): AwsError =>
  new AwsError("AuthorizationHeaderMalformed", `The authorization header is malformed; ${detail}`, {
    status: 400,
    fields,
  });

export const s3MalformedQuery = (message: string, fields: Fields = {}): AwsError =>
  new AwsError("AuthorizationQueryParametersError", message, { status: 400, fields });

/** One wrong credential, said as the form of the signature has it. */
export const s3MalformedCredential = (kind: "header" | "query", detail: string, fields: Fields = {}): AwsError =>
  kind === "header"
    ? s3MalformedHeader(detail, fields)
    : s3MalformedQuery(`Error parsing the X-Amz-Credential parameter; ${detail}`, fields);

/** Signature version 2 in a header, SigV4A and what else there is. */
export const s3UnsupportedMechanism = (): AwsError =>
  new AwsError(
    "InvalidRequest",
    "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
    { status: 400 },
  );

export const s3TwoMechanisms = (): AwsError =>
  s3InvalidArgument(
    "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter " +
      "or the Authorization header should be specified",
    { ArgumentName: "Authorization" },
  );

export const s3BadPayloadDeclaration = (value: string): AwsError =>
  s3InvalidArgument(
    `x-amz-content-sha256 must be ${UNSIGNED_PAYLOAD}, STREAMING-UNSIGNED-PAYLOAD-TRAILER, ` +
      "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
    { ArgumentName: "x-amz-content-sha256", ArgumentValue: value },
  );

export const s3MissingPayloadDeclaration = (): AwsError =>
  new AwsError("InvalidRequest", "Missing required header for this request: x-amz-content-sha256", { status: 400 });

export const s3PayloadMismatch = (declared: string, computed: string): AwsError =>
  new AwsError(
    "XAmzContentSHA256Mismatch",
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
    { status: 400, fields: { ClientComputedContentSHA256: declared, S3ComputedContentSHA256: computed } },
  );

export const s3Mismatch = (fields: Fields = {}): AwsError =>
  new AwsError(
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    { status: 403, fields },
  );

export const s3TimeTooSkewed = (fields: Fields): AwsError =>
  new AwsError("RequestTimeTooSkewed", "The difference between the request time and the current time is too large.", {
    status: 403,
    fields,
  });

/** Values that S3 would repeat in its answer. They are secrets, and answers are logged in places that nobody guards. */
const SECRET_LINES = /^(x-amz-security-token|x-amz-(?:copy-source-)?server-side-encryption-customer-key):.*$/gm;
const SECRET_PARAMETER = /X-Amz-Security-Token=[^&\n]*/g;

export const withoutSecrets = (signedText: string): string =>
  signedText.replace(SECRET_LINES, "$1:***").replace(SECRET_PARAMETER, "X-Amz-Security-Token=***");

/** The bytes of what was signed, as `StringToSignBytes` and `CanonicalRequestBytes` show them. */
export const spacedHex = (text: string): string => hex(Buffer.from(text, "latin1")).replace(/..(?=.)/g, "$& ");
