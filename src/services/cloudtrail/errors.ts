import { AwsError } from "../../base/index.js";

/** The errors of LookupEvents (cloudtrail section 5). */
export const invalidMaxResults = () =>
  new AwsError("InvalidMaxResultsException", "MaxResults must be a value between 1 and 50.");

export const invalidTimeRange = () =>
  new AwsError("InvalidTimeRangeException", "StartTime must not be later than EndTime.");

export const invalidNextToken = () => new AwsError("InvalidNextTokenException", "Invalid token.");

export const invalidLookupAttributes = (reason: string) => new AwsError("InvalidLookupAttributesException", reason);

export const invalidEventCategory = () =>
  new AwsError("InvalidEventCategoryException", "The only event category that can be asked for is insight.");

export const lookupThrottled = () => new AwsError("ThrottlingException", "Rate exceeded");

/** The errors of trails (cloudtrail section 7). */
const error =
  <Args extends readonly string[]>(code: string, text: (...args: Args) => string) =>
  (...args: Args) =>
    new AwsError(code, text(...args));

export const errors = {
  trailNotFound: error("TrailNotFoundException", (arn, account) => `Unknown trail: ${arn} for the user: ${account}`),
  alreadyExists: error(
    "TrailAlreadyExistsException",
    (name, account) => `Trail ${name} already exists for customer: ${account}`,
  ),
  tooManyTrails: error(
    "MaximumNumberOfTrailsExceededException",
    (account, region) => `User: ${account} already has 5 trails in ${region}.`,
  ),
  invalidName: error("InvalidTrailNameException", (reason) => reason),
  invalidArn: error("CloudTrailARNInvalidException", (arn) => `Invalid trail ARN: ${arn}.`),
  invalidHomeRegion: error(
    "InvalidHomeRegionException",
    (arn, region) => `Trail ${arn} can only be changed from its home Region, ${region}.`,
  ),
  noBucket: error("S3BucketDoesNotExistException", (bucket) => `S3 bucket ${bucket} does not exist!`),
  bucketPolicy: error(
    "InsufficientS3BucketPolicyException",
    (bucket) => `Incorrect S3 bucket policy is detected for bucket: ${bucket}`,
  ),
  bucketName: error("InvalidS3BucketNameException", (bucket) => `Bucket name ${bucket} is not valid.`),
  prefix: error("InvalidS3PrefixException", (reason) => reason),
  keyNotFound: error("KmsKeyNotFoundException", (key) => `KMS key ${key} was not found.`),
  keyPolicy: error(
    "InsufficientEncryptionPolicyException",
    (bucket, key) => `Insufficient permissions to access S3 bucket ${bucket} or KMS key ${key}.`,
  ),
  keyId: error("InvalidKmsKeyIdException", (key) => `${key} is not the identifier of a KMS key.`),
  kms: error("KmsException", (reason) => reason),
  selectors: error("InvalidEventSelectorsException", (reason) => reason),
  insightSelectors: error("InvalidInsightSelectorsException", (reason) => reason),
  notTurnedOn: error(
    "InsightNotEnabledException",
    (arn) => `Insights is not enabled for the trail ${arn}: there are none here.`,
  ),
  unsupported: error("UnsupportedOperationException", (reason) => reason),
  parameters: error("InvalidParameterCombinationException", (reason) => reason),
  timeRange: error("InvalidTimeRangeException", () => "StartTime must not be later than EndTime."),
  token: error("InvalidTokenException", () => "The token is not valid."),
  tag: error("InvalidTagParameterException", (reason) => reason),
  tooManyTags: error("TagsLimitExceededException", () => "A trail has 50 tags at most."),
  noResource: error("ResourceNotFoundException", (arn) => `The resource ${arn} does not exist.`),
  organization: error("OrganizationsNotInUseException", () => "This account is in no organization."),
  logGroup: error(
    "CloudWatchLogsDeliveryUnavailableException",
    () => "Delivery to CloudWatch Logs is not available here: leave the log group and its role out.",
  ),
  topic: error(
    "InvalidSnsTopicNameException",
    (topic) => `There is no topic ${topic}: notifications are not sent here; leave SnsTopicName out.`,
  ),
} as const;
