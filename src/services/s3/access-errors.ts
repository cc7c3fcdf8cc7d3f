import { AwsError } from "../../base/index.js";

/** What S3 says of access control lists that cannot be. */
export const accessErrors = {
  aclNotSupported: () =>
    new AwsError("AccessControlListNotSupported", "The bucket does not allow ACLs", { status: 400 }),
  bothAclForms: () =>
    new AwsError("InvalidRequest", "Specifying both Canned ACLs and Header Grants is not allowed", { status: 400 }),
  bucketAclWithBlock: () =>
    new AwsError(
      "InvalidBucketAclWithBlockPublicAccessError",
      "Bucket cannot have public ACLs set with BlockPublicAccess enabled",
      { status: 400 },
    ),
  bucketAclWithOwnership: () =>
    new AwsError(
      "InvalidBucketAclWithObjectOwnership",
      "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
      { status: 400 },
    ),
  /** AWS stopped taking mail addresses in October 2025. */
  emailGrantee: () =>
    new AwsError("MethodNotAllowed", "The specified method is not allowed against this resource.", { status: 405 }),
  malformedAcl: () =>
    new AwsError(
      "MalformedACLError",
      "The XML you provided was not well-formed or did not validate against our published schema",
      { status: 400 },
    ),
  missingSecurityHeader: (header: string) =>
    new AwsError("MissingSecurityHeader", "Your request was missing a required header", {
      status: 400,
      fields: { MissingHeaderName: header },
    }),
  unexpectedContent: () => new AwsError("UnexpectedContent", "This request does not support content", { status: 400 }),
} as const;
