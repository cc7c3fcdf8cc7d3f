import { errors } from "../errors.js";
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
  rowsOf,
} from "../listing-answer.js";
import { onBucket } from "../on-bucket.js";
import { bucketCheck } from "../policy.js";
import { operation } from "../ports.js";

/** Every object is its own and only version, `null`, while versioning does not exist here. */
export const listObjectVersions = operation("ListObjectVersions", {
  ...onBucket("ListBucketVersions"),
  checks: (ctx, input, bucket, ports) => [bucketCheck(ports, bucket, "ListBucketVersions", listValues(ctx, input))],
  run: async (_ctx, input, { target: bucket }, ports) => {
    const write = nameWriter(input.EncodingType);
    const limit = pageLimit(input.MaxKeys, "maxKeys");
    if (input.VersionIdMarker && !input.KeyMarker) {
      throw errors.invalidArgument(
        "A version-id marker cannot be specified without a key marker.",
        "version-id-marker",
        input.VersionIdMarker,
      );
    }
    const after = input.KeyMarker ? afterKey(Buffer.from(input.KeyMarker)) : undefined;
    const listing = await listBucket(ports, bucket, { input, after, limit });
    const next = lastName(listing);
    const objects = rowsOf(listing);
    const isLastPrefix = listing.entries.length > 0 && "prefix" in listing.entries[listing.entries.length - 1]!;
    return {
      Name: bucket.name,
      Prefix: write(input.Prefix ?? ""),
      KeyMarker: write(input.KeyMarker ?? ""),
      VersionIdMarker: input.VersionIdMarker ?? "",
      MaxKeys: limit,
      IsTruncated: listing.truncated,
      ...(input.Delimiter ? { Delimiter: write(input.Delimiter) } : {}),
      ...(input.EncodingType ? { EncodingType: "url" as const } : {}),
      ...(next === undefined
        ? {}
        : { NextKeyMarker: write(next), ...(isLastPrefix ? {} : { NextVersionIdMarker: "null" }) }),
      ...(objects.length === 0
        ? {}
        : {
            Versions: objects.map((object) => ({
              ...contentOf(object, write),
              ...listedOwner(bucket),
              VersionId: object.id,
              IsLatest: true,
            })),
          }),
      ...commonPrefixes(listing, write),
    };
  },
});
