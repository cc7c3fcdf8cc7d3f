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
