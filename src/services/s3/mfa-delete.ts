import { AwsError } from "../../base/index.js";
import type { RequestContext } from "../../kit/index.js";
import { errors } from "./errors.js";
import type { S3Ports } from "./ports.js";
import type { Bucket } from "./store/index.js";

/** The name of a bucket's setting: absent while MFA delete was never on. */
export const MFA_DELETE = "mfaDelete";

export const hasMfaDelete = (bucket: Bucket): boolean => bucket.settings.get(MFA_DELETE) === "Enabled";

/** What the header `x-amz-mfa` brings: a device's serial number and a code of it. */
export interface RootCode {
  readonly serial: string;
  readonly code: string;
}

/** Throws unless the root of the owner's account asks, with a code of its own device. The code is then used up. */
export async function needsRootCode(
  ctx: RequestContext,
  ports: S3Ports,
  bucket: Bucket,
  header: string | undefined,
): Promise<void> {
  if (header === undefined) throw noCode();
  const { principal, account } = ctx.caller;
  if (principal.kind !== "root" || account !== bucket.account) {
    throw errors.accessDenied("This operation may only be performed by the bucket owner");
  }
  if (ports.rules.customerKeysNeedTls && !ctx.secureTransport) {
    throw errors.invalidRequest("Requests with an MFA code must be made over a secure connection.");
  }
  const given = parseCode(header);
  if (given === undefined || !(await ports.spendRootCode(account, given, ctx.time))) throw invalidCode();
}

function parseCode(header: string): RootCode | undefined {
  const { serial, code } = /^(?<serial>\S{1,256}) (?<code>[0-9]{6})$/.exec(header)?.groups ?? {};
  return serial === undefined || code === undefined ? undefined : { serial, code };
}

export const noCode = () => errors.accessDenied("Mfa Authentication must be used for this request");

const invalidCode = () =>
  new AwsError("TokenCodeInvalidError", "The serial number and/or token code you provided is not valid.", {
    status: 400,
  });

/** MFA delete and lifecycle rules exclude each other, whichever comes second. */
export const notBesideLifecycle = () =>
  new AwsError(
    "InvalidBucketState",
    "Mfa Authentication is not supported on a bucket with lifecycle configuration. Delete lifecycle configuration before enabling Mfa Authentication.",
    { status: 409 },
  );

/** Our own words: nobody recorded this side. */
export const noLifecycleUnderMfa = () =>
  new AwsError(
    "InvalidBucketState",
    "Lifecycle configuration is not supported on a bucket with Mfa Authentication. Disable Mfa Authentication before putting a lifecycle configuration.",
    { status: 409 },
  );
