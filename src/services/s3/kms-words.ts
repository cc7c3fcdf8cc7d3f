import { AwsError, isAwsError, needs, parseArn } from "../../base/index.js";
import { errors } from "./errors.js";

/** One use of a KMS key, as far as its refusal tells of it. */
export interface KmsUse {
  readonly action: "kms:GenerateDataKey" | "kms:Decrypt";
  /** Key id or ARN, as it was named or stored. */
  readonly keyId: string;
  readonly account: string;
  readonly callerArn: string;
}

/** KMS's errors as S3 sends them: `KMS.<name>` with status 400, but a denial is a plain AccessDenied (s3 section 5). */
export async function asS3<T>(use: KmsUse, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw isAwsError(thrown) ? inS3sWords(use, thrown) : thrown;
  }
}

function inS3sWords(use: KmsUse, thrown: AwsError): AwsError {
  if (thrown.code === "AccessDeniedException") return errors.accessDenied(denial(use, thrown.message));
  if (thrown.code === "ThrottlingException")
    return new AwsError("SlowDown", thrown.message, { status: 503, fault: "server" });
  // The blob is one of ours, read from a sealed row: that it does not open is our damage, not the caller's mistake.
  needs(thrown.code !== "InvalidCiphertextException", "a stored data key opens in its context");
  if (thrown.fault === "server") return thrown;
  return new AwsError(`KMS.${thrown.code}`, thrown.message, { status: 400 });
}

/** Of another account's key nothing is told, not even that it exists. */
function denial({ action, keyId, account, callerArn }: KmsUse, message: string): string {
  const owner = parseArn(keyId)?.account;
  if (owner === undefined || owner === account) return message;
  if (action === "kms:Decrypt") {
    return "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.";
  }
  return `User: ${callerArn} is not authorized to perform: ${action} on this resource because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`;
}
