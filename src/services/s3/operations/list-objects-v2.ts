import { afterKey } from "../listing.js";
import {
  commonPrefixes,
  contentOf,
  lastName,
  listBucket,
  listedOwner,
  listValues,
  makeToken,
  nameWriter,
  pageLimit,
  parseToken,
  restoreAt,
  rowsOf,
} from "../listing-answer.js";
import { onBucket } from "../on-bucket.js";
import { bucketCheck } from "../policy.js";
import { operation } from "../ports.js";

export const listObjectsV2 = operation("ListObjectsV2", {
  ...onBucket("ListBucket"),
  checks: (ctx, input, bucket, ports) => [bucketCheck(ports, bucket, "ListBucket", listValues(ctx, input))],
  run: async (ctx, input, { target: bucket }, ports) => {
    const write = nameWriter(input.EncodingType);
    const limit = pageLimit(input.MaxKeys, "maxKeys");
    const after =
      input.ContinuationToken === undefined ? input.StartAfter : parseToken(bucket, input.ContinuationToken);
    const listing = await listBucket(ports, bucket, {
      input,
      after: after ? afterKey(Buffer.from(after)) : undefined,
      limit,
    });
    const next = lastName(listing);
    const objects = rowsOf(listing);
    const restoreAtMs = restoreAt(ctx, input);
    const owner = input.FetchOwner ? listedOwner(bucket) : undefined;
    return {
      Name: bucket.name,
      Prefix: write(input.Prefix ?? ""),
      MaxKeys: limit,
      KeyCount: listing.entries.length,
      IsTruncated: listing.truncated,
      ...(input.Delimiter ? { Delimiter: write(input.Delimiter) } : {}),
      ...(input.EncodingType ? { EncodingType: "url" as const } : {}),
      ...(input.ContinuationToken === undefined ? {} : { ContinuationToken: input.ContinuationToken }),
      ...(next === undefined ? {} : { NextContinuationToken: makeToken(bucket, next) }),
      ...(input.StartAfter && input.ContinuationToken === undefined ? { StartAfter: write(input.StartAfter) } : {}),
      ...(objects.length === 0
        ? {}
        : {
            Contents: objects.map((object) => contentOf(object, write, restoreAtMs, owner)),
          }),
      ...commonPrefixes(listing, write),
    };
  },
});
