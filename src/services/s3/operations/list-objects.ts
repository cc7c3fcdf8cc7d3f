import { afterKey } from "../listing.js";
import {
  commonPrefixes,
  contentOf,
  lastName,
  listBucket,
  listedOwner,
  listValues,
  nameWriter,
  pageLimit,
  restoreAt,
  rowsOf,
} from "../listing-answer.js";
import { onBucket } from "../on-bucket.js";
import { bucketCheck } from "../policy.js";
import { operation } from "../ports.js";

export const listObjects = operation("ListObjects", {
  ...onBucket("ListBucket"),
  checks: (ctx, input, bucket, ports) => [bucketCheck(ports, bucket, "ListBucket", listValues(ctx, input))],
  run: async (ctx, input, { target: bucket }, ports) => {
    const write = nameWriter(input.EncodingType);
    const limit = pageLimit(input.MaxKeys, "maxKeys");
    const after = input.Marker ? afterKey(Buffer.from(input.Marker)) : undefined;
    const listing = await listBucket(ports, bucket, { input, after, limit });
    const next = lastName(listing);
    const objects = rowsOf(listing);
    const restoreAtMs = restoreAt(ctx, input);
    const owner = listedOwner(bucket);
    return {
      Name: bucket.name,
      Prefix: write(input.Prefix ?? ""),
      Marker: write(input.Marker ?? ""),
      MaxKeys: limit,
      IsTruncated: listing.truncated,
      ...(input.Delimiter ? { Delimiter: write(input.Delimiter) } : {}),
      ...(input.EncodingType ? { EncodingType: "url" as const } : {}),
      // The first version tells the next marker only with a delimiter; else it is the last key.
      ...(next !== undefined && input.Delimiter ? { NextMarker: write(next) } : {}),
      ...(objects.length === 0
        ? {}
        : {
            Contents: objects.map((object) => contentOf(object, write, restoreAtMs, owner)),
          }),
      ...commonPrefixes(listing, write),
    };
  },
});
