import { AwsError } from "../../base/index.js";

/** S3 Control's errors, in its words. */
export const errors = {
  accessDenied: () => new AwsError("AccessDenied", "Access Denied", { status: 403 }),
  /** The token of an earlier request that asked for something else. */
  idempotency: () =>
    new AwsError("IdempotencyException", "The request token was used before, by a request with other parameters.", {
      status: 400,
    }),
  invalidNextToken: () => new AwsError("InvalidNextTokenException", "The NextToken is not valid.", { status: 400 }),
  invalidRequest: (message: string) => new AwsError("InvalidRequest", message, { status: 400 }),
  jobStatus: (message: string) => new AwsError("JobStatusException", message, { status: 400 }),
  noSuchBlock: (account: string) =>
    new AwsError("NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found", {
      status: 404,
      fields: { AccountId: account },
    }),
  noSuchJob: () => new AwsError("NoSuchJob", "The specified job does not exist.", { status: 404 }),
  notImplemented: (message: string) => new AwsError("NotImplemented", message, { status: 501 }),
  tooManyRequests: (message: string) => new AwsError("TooManyRequestsException", message, { status: 400 }),
  tooManyTags: (most: number) =>
    new AwsError("TooManyTagsException", `A job has ${most} tags at most.`, { status: 400 }),
} as const;
