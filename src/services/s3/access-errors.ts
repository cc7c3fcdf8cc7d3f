import { AwsError } from "../../base/index.js";

/** What S3 says of lists, browsers and websites that cannot be. */
export const accessErrors = {
  aclNotSupported: () =>
    new AwsError("AccessControlListNotSupported", "The bucket does not allow ACLs", { status: 400 }),
  accessForbidden: (message: string, method: string, resourceType: string) =>
    new AwsError("AccessForbidden", message, {
      status: 403,
      fields: { Method: method, ResourceType: resourceType },
    }),
  badRequest: (message: string) => new AwsError("BadRequest", message, { status: 400 }),
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
  denied: (message: string) => new AwsError("AccessDenied", message, { status: 403 }),
  methodNotAllowed: (method: string, resourceType: string) =>
    new AwsError("MethodNotAllowed", "The specified method is not allowed against this resource.", {
      status: 405,
      fields: { Method: method, ResourceType: resourceType },
    }),
  missingPostField: (name: string) =>
    new AwsError(
      "InvalidArgument",
      `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`,
      { status: 400, fields: { ArgumentName: name, ArgumentValue: "" } },
    ),
  postTooSmall: (proposed: number, least: number) =>
    new AwsError("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", {
      status: 400,
      fields: { ProposedSize: String(proposed), MinSizeAllowed: String(least) },
    }),
  unexpectedContent: () => new AwsError("UnexpectedContent", "This request does not support content", { status: 400 }),
} as const;
