import { AwsError } from "../../base/index.js";

/** STS's errors with the statuses that it sends. */
const error = (code: string, status: number) => (message: string) => new AwsError(code, message, { status });

export const accessDenied = error("AccessDenied", 403);
export const invalidToken = error("InvalidClientTokenId", 403);
export const invalidParameter = error("InvalidParameterValue", 400);
export const malformedPolicy = error("MalformedPolicyDocument", 400);
export const packedPolicyTooLarge = error("PackedPolicyTooLarge", 400);
export const invalidAuthorizationMessage = error("InvalidAuthorizationMessageException", 400);
export const invalidIdentityToken = error("InvalidIdentityToken", 400);
export const expiredIdentityToken = error("ExpiredTokenException", 400);
export const idpRejectedClaim = error("IDPRejectedClaim", 403);
export const idpCommunicationError = error("IDPCommunicationError", 400);
export const validationError = error("ValidationError", 400);
