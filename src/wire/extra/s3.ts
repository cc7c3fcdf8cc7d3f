import { table } from "../../base/index.js";
import type { Extra } from "./types.js";

/**
 * S3 API version 2006-03-01. Its model bounds next to nothing: names, keys and sizes are checked by the operations,
 * in S3's own words. What is listed here are values that the door must let through although the model has an enum.
 */
export const S3: Extra = table({
  MaxBuckets: { range: [1, 10_000] },
  MaxDirectoryBuckets: { range: [0, 1000] },
  // The bucket policy is asked before an unknown encryption is refused, and the refusal has words of its own.
  ServerSideEncryption: { anyValue: true },
  SSECustomerAlgorithm: { anyValue: true },
  // A house has Regions that AWS's list does not; the refusal is InvalidLocationConstraint.
  LocationConstraint: { anyValue: true },
  // Buckets take `log-delivery-write`, which the model lacks; the operations know every name.
  ACL: { anyValue: true },
  // In headers these have words of their own; in bodies they are malformed XML, which the operations say too.
  ObjectLockMode: { anyValue: true },
  ObjectLockLegalHoldStatus: { anyValue: true },
  // Hints of the clients, not of the object: an unknown one says nothing wrong.
  ChecksumAlgorithm: { anyValue: true },
  ChecksumMode: { anyValue: true },
  RequestPayer: { anyValue: true },
  // A list's; the refusal has words of its own.
  EncodingType: { anyValue: true },
  // A website's; the refusal has words of its own.
  Protocol: { anyValue: true },
  "SSEKMSEncryption.KMSKeyArn": {
    inWords: {
      missing:
        "Requests that modify an object's encryption type to SSE-KMS require an AWS KMS key Amazon Resource Name (ARN). Modify the request to specify a KMS key ARN, and then try again.",
    },
  },
  "SSEKMSEncryption.BucketKeyEnabled": {
    inWords: {
      malformed:
        "The BucketKeyEnabled value isn't valid. Valid values are true or false. Modify the request to specify a valid value, and then try again.",
    },
  },
  // Clients write `Prefix` as S3 shows it; unknown names and events have refusals of their own.
  Events: { each: { anyValue: true } },
  "FilterRule.Name": { anyValue: true },
});
