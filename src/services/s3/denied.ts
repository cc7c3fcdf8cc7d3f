import { type AwsError, parseArn } from "../../base/index.js";
import { type Denied, denialText } from "../../identity/index.js";
import { errors } from "./errors.js";

/**
 * A refusal as S3 says it: who, what and why to callers of the bucket owner's account; to all others, and to anonymous
 * ones, nothing but the fact.
 */
export function s3Denied(denied: Denied): AwsError {
  const { side, resource } = denied.check;
  if (parseArn(denied.callerArn)?.account !== side.account) return errors.accessDenied();
  return errors.accessDenied(denialText(denied).replace(`resource: ${resource} `, () => `resource: "${resource}" `));
}
