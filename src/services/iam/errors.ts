import { AwsError } from "../../base/index.js";

/** IAM's errors with the statuses that it sends. */
const error = (code: string, status: number) => (message: string) => new AwsError(code, message, { status });

export const noSuchEntity = error("NoSuchEntity", 404);
export const alreadyExists = error("EntityAlreadyExists", 409);
export const deleteConflict = error("DeleteConflict", 409);
export const limitExceeded = error("LimitExceeded", 409);
export const malformedPolicy = error("MalformedPolicyDocument", 400);
export const invalidInput = error("InvalidInput", 400);
export const validationError = error("ValidationError", 400);
export const accessDenied = error("AccessDenied", 403);
export const notImplemented = error("NotImplemented", 501);
export const invalidToken = error("InvalidClientTokenId", 403);

export const exceeds = (quota: string, most: number) => limitExceeded(`Cannot exceed quota for ${quota}: ${most}`);
