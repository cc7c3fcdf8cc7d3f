import { AwsError } from "../base/index.js";

/** What is wrong with a document, for services that have words of their own for it. */
export type SyntaxReason =
  | "json"
  | "structure"
  | "version"
  | "sid"
  | "effect"
  | "principal"
  | "missing-principal"
  | "unwanted-principal"
  | "action"
  | "missing-action"
  | "resource"
  | "missing-resource"
  | "unwanted-resource"
  | "condition"
  | "over-permissive"
  | "too-large";

/**
 * A document that is no policy of its kind. It speaks as IAM and STS do; KMS and S3 have other codes and take
 * the message, or their own for the reason.
 */
export class PolicySyntaxError extends AwsError {
  readonly reason: SyntaxReason;

  constructor(reason: SyntaxReason, message = "Syntax errors in policy.") {
    super("MalformedPolicyDocument", message);
    this.reason = reason;
  }
}
