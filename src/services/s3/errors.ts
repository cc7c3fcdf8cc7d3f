import { AwsError } from "../../base/index.js";

/** S3's errors, in S3's words: code, status, message and the extra elements that clients read. */
export const errors = {
  /** For the report of a batch job, in the words of S3's list of replication failures. */
  replicationRefused: (
    code: "AssumeRoleNotPermitted" | "SrcBucketReplicationConfigMissing" | "SrcObjectNotEligible",
    message: string,
  ) => new AwsError(code, message, { status: 400 }),
  accessDenied: (message = "Access Denied") => new AwsError("AccessDenied", message, { status: 403 }),
  authorizationHeaderMalformed: (signed: string, region: string) =>
    new AwsError(
      "AuthorizationHeaderMalformed",
      `The authorization header is malformed; the region '${signed}' is wrong; expecting '${region}'`,
      { status: 400, fields: { Region: region }, headers: { "x-amz-bucket-region": region } },
    ),
  annotationLimitExceeded: () =>
    new AwsError(
      "AnnotationLimitExceeded",
      "The request would exceed the maximum number of annotations allowed per object.",
      { status: 400 },
    ),
  annotationNameTooLong: (bytes: number, most: number) =>
    new AwsError("AnnotationNameTooLong", `The annotation name exceeds ${most} bytes.`, {
      status: 400,
      fields: { Size: String(bytes), MaxSizeAllowed: String(most) },
    }),
  badDigest: (message: string, fields: Fields = {}) => new AwsError("BadDigest", message, { status: 400, fields }),
  bucketAlreadyExists: (bucket: string) =>
    new AwsError(
      "BucketAlreadyExists",
      "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.",
      { status: 409, fields: { BucketName: bucket } },
    ),
  bucketAlreadyOwnedByYou: (bucket: string) =>
    new AwsError(
      "BucketAlreadyOwnedByYou",
      "Your previous request to create the named bucket succeeded and you already own it.",
      { status: 409, fields: { BucketName: bucket } },
    ),
  bucketNotEmpty: (bucket: string, isVersioned: boolean) =>
    new AwsError(
      "BucketNotEmpty",
      `The bucket you tried to delete is not empty${isVersioned ? ". You must delete all versions in the bucket." : ""}`,
      { status: 409, fields: { BucketName: bucket } },
    ),
  conditionalRequestConflict: (condition: string, key: string) =>
    new AwsError(
      "ConditionalRequestConflict",
      "The conditional request cannot succeed due to a conflicting operation against this resource.",
      { status: 409, fields: { Condition: condition, Key: key } },
    ),
  entityTooLarge: (proposed: number, most: number) =>
    new AwsError("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", {
      status: 400,
      fields: { ProposedSize: String(proposed), MaxSizeAllowed: String(most) },
    }),
  entityTooSmall: (part: { number: number; etag: string; bytes: number }, least: number) =>
    new AwsError("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", {
      status: 400,
      fields: {
        ProposedSize: String(part.bytes),
        MinSizeAllowed: String(least),
        PartNumber: String(part.number),
        ETag: part.etag,
      },
    }),
  incompleteBody: () =>
    new AwsError(
      "IncompleteBody",
      "You did not provide the number of bytes specified by the Content-Length HTTP header",
      {
        status: 400,
      },
    ),
  invalidAnnotationName: (name: string) =>
    new AwsError("InvalidAnnotationName", "The annotation name you provided is invalid.", {
      status: 400,
      fields: { AnnotationName: name },
    }),
  invalidArgument: (message: string, name: string, value?: string) =>
    new AwsError("InvalidArgument", message, {
      status: 400,
      fields: { ArgumentName: name, ...(value === undefined ? {} : { ArgumentValue: value }) },
    }),
  invalidBucketName: (bucket: string) =>
    new AwsError("InvalidBucketName", "The specified bucket is not valid.", {
      status: 400,
      fields: { BucketName: bucket },
    }),
  invalidBucketOwner: (given: string) =>
    new AwsError(
      "InvalidBucketOwnerAWSAccountID",
      `The value of the expected bucket owner parameter must be an AWS Account ID... [${given}]`,
      { status: 400 },
    ),
  invalidEncryptionAlgorithm: (given: string) =>
    new AwsError(
      "InvalidEncryptionAlgorithmError",
      "The Encryption request you specified is not valid. Supported value: AES256.",
      { status: 400, fields: { ArgumentName: "x-amz-server-side-encryption", ArgumentValue: given } },
    ),
  invalidDigest: (given: string) =>
    new AwsError("InvalidDigest", "The Content-MD5 you specified was invalid.", {
      status: 400,
      fields: { "Content-MD5": given },
    }),
  invalidLocationConstraint: (given: string) =>
    new AwsError("InvalidLocationConstraint", "The specified location-constraint is not valid", {
      status: 400,
      fields: { LocationConstraint: given },
    }),
  illegalLocationConstraint: (message: string) =>
    new AwsError("IllegalLocationConstraintException", message, { status: 400 }),
  invalidObjectState: (message: string, storageClass: string) =>
    new AwsError("InvalidObjectState", message, { status: 403, fields: { StorageClass: storageClass } }),
  restoreAlreadyInProgress: () =>
    new AwsError("RestoreAlreadyInProgress", "Object restore is already in progress", { status: 409 }),
  invalidPart: (uploadId: string, part: { number: number; etag: string }) =>
    new AwsError(
      "InvalidPart",
      "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
      { status: 400, fields: { UploadId: uploadId, PartNumber: String(part.number), ETag: part.etag } },
    ),
  invalidPartOrder: (uploadId: string) =>
    new AwsError(
      "InvalidPartOrder",
      "The list of parts was not in ascending order. Parts must be ordered by part number.",
      { status: 400, fields: { UploadId: uploadId } },
    ),
  invalidPrefix: (prefix: string) =>
    new AwsError("InvalidPrefix", "The annotation prefix you provided is invalid.", {
      status: 400,
      fields: { Prefix: prefix },
    }),
  invalidRange: (range: string, bytes: number) =>
    new AwsError("InvalidRange", "The requested range is not satisfiable", {
      status: 416,
      fields: { RangeRequested: range, ActualObjectSize: String(bytes) },
      headers: { "content-range": `bytes */${bytes}` },
    }),
  invalidPartNumber: (part: number, parts: number) =>
    new AwsError("InvalidPartNumber", "The requested partnumber is not satisfiable", {
      status: 416,
      fields: { PartNumberRequested: String(part), ActualPartCount: String(parts) },
    }),
  invalidRedirectLocation: () =>
    new AwsError(
      "InvalidRedirectLocation",
      "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.",
      { status: 400 },
    ),
  invalidRequest: (message: string) => new AwsError("InvalidRequest", message, { status: 400 }),
  invalidStorageClass: (given: string) =>
    new AwsError("InvalidStorageClass", "The storage class you specified is not valid", {
      status: 400,
      fields: { StorageClassRequested: given },
    }),
  invalidTag: (message: string, fields: Fields) => new AwsError("InvalidTag", message, { status: 400, fields }),
  keyTooLong: (bytes: number, most: number) =>
    new AwsError("KeyTooLongError", "Your key is too long", {
      status: 400,
      fields: { Size: String(bytes), MaxSizeAllowed: String(most) },
    }),
  malformedPolicy: (message: string) => new AwsError("MalformedPolicy", message, { status: 400 }),
  malformedXml: () =>
    new AwsError(
      "MalformedXML",
      "The XML you provided was not well-formed or did not validate against our published schema",
      { status: 400 },
    ),
  metadataTooLarge: (bytes: number, most: number) =>
    new AwsError("MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size", {
      status: 400,
      fields: { Size: String(bytes), MaxSizeAllowed: String(most) },
    }),
  missingContentLength: () =>
    new AwsError("MissingContentLength", "You must provide the Content-Length HTTP header.", { status: 411 }),
  /** What a delete marker that was asked for says of every operation but DELETE. */
  methodNotAllowed: (method: string, headers: Record<string, string>) =>
    new AwsError("MethodNotAllowed", "The specified method is not allowed against this resource.", {
      status: 405,
      fields: { Method: method, ResourceType: "DeleteMarker" },
      headers: { allow: "DELETE", ...headers },
    }),
  /** HTTP's own answers, which carry neither S3 code nor body. */
  notModified: (headers: Record<string, string>) => new AwsError("304", "Not Modified", { status: 304, headers }),
  noObjectLock: () =>
    new AwsError("NoSuchObjectLockConfiguration", "The specified object does not have a ObjectLock configuration", {
      status: 404,
    }),
  noSuchAnnotation: (name: string) =>
    new AwsError("NoSuchAnnotation", "The specified annotation does not exist on this object.", {
      status: 404,
      fields: { AnnotationName: name },
    }),
  noSuchBucket: (bucket: string) =>
    new AwsError("NoSuchBucket", "The specified bucket does not exist", {
      status: 404,
      fields: { BucketName: bucket },
    }),
  noSuchKey: (key: string, headers: Record<string, string> = {}) =>
    new AwsError("NoSuchKey", "The specified key does not exist.", { status: 404, fields: { Key: key }, headers }),
  noSuchUpload: (uploadId: string) =>
    new AwsError(
      "NoSuchUpload",
      "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
      { status: 404, fields: { UploadId: uploadId } },
    ),
  noSuchVersion: (key: string, version: string) =>
    new AwsError("NoSuchVersion", "The specified version does not exist.", {
      status: 404,
      fields: { Key: key, VersionId: version },
    }),
  noSuchConfiguration: () =>
    new AwsError("NoSuchConfiguration", "The specified configuration does not exist.", { status: 404 }),
  tooManyConfigurations: () =>
    new AwsError(
      "TooManyConfigurations",
      "You are attempting to create a new configuration but have already reached the 1,000-configuration limit.",
      { status: 400 },
    ),
  /** The many "nothing configured" answers: one form, a code and a sentence each. */
  notConfigured: (code: string, message: string, bucket: string) =>
    new AwsError(code, message, { status: 404, fields: { BucketName: bucket } }),
  notImplemented: (message: string, fields: Fields = {}) =>
    new AwsError("NotImplemented", message, { status: 501, fields }),
  headerNotImplemented: (header: string, additionalMessage?: string) =>
    new AwsError("NotImplemented", "A header you provided implies functionality that is not implemented", {
      status: 501,
      fields: { Header: header, ...(additionalMessage === undefined ? {} : { additionalMessage }) },
    }),
  preconditionFailed: (condition: string) =>
    new AwsError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {
      status: 412,
      fields: { Condition: condition },
    }),
  permanentRedirect: (bucket: string, region: string) =>
    new AwsError(
      "PermanentRedirect",
      "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.",
      { status: 301, fields: { Bucket: bucket }, headers: { "x-amz-bucket-region": region } },
    ),
  unsupportedMediaType: () =>
    new AwsError("UnsupportedMediaType", "The annotation payload is not valid UTF-8 encoded text.", { status: 415 }),
  slowDown: () => new AwsError("SlowDown", "Please reduce your request rate.", { status: 503, fault: "server" }),
} as const;

type Fields = Readonly<Record<string, string>>;
