import type { ReadTx } from "../../../store/index.js";
import { errors } from "../errors.js";
import { afterKey, listPage, type Position } from "../listing.js";
import {
  commonPrefixes,
  contentOf,
  lastName,
  listedOwner,
  listValues,
  type NameWriter,
  nameWriter,
  type Owner,
  pageLimit,
  restoreAt,
  rowsOf,
} from "../listing-answer.js";
import { onBucket } from "../on-bucket.js";
import { bucketCheck } from "../policy.js";
import { operation } from "../ports.js";
import { type Bucket, type ListedVersion, listVersionKeys, listVersions, positionOf } from "../store/index.js";
import { checkVersionId } from "../versioning.js";

export const listObjectVersions = operation("ListObjectVersions", {
  ...onBucket("ListBucketVersions"),
  checks: (ctx, input, bucket, ports) => [bucketCheck(ports, bucket, "ListBucketVersions", listValues(ctx, input))],
  run: async (ctx, input, { target: bucket }, ports) => {
    const write = nameWriter(input.EncodingType);
    const limit = pageLimit(input.MaxKeys, "maxKeys");
    checkMarkers(bucket, input);
    const listing = await ports.database.read(async (tx) => {
      const { Prefix: prefix = "", Delimiter: delimiter = "" } = input;
      const after = await markedPosition(tx, bucket, input);
      return listPage(
        { prefix, delimiter, after, limit },
        (from, before, count) => listVersions(tx, bucket.id, from, before, count),
        (from, before, count) => listVersionKeys(tx, bucket.id, from, before, count),
      );
    });
    const next = lastName(listing);
    const last = listing.entries[listing.entries.length - 1];
    const rows = rowsOf(listing);
    const owner = listedOwner(bucket);
    const restoreAtMs = restoreAt(ctx, input);
    const versions = rows.filter((row) => !row.isMarker).map((row) => described(row, write, restoreAtMs, owner));
    const markers = rows.filter((row) => row.isMarker).map((row) => describedMarker(row, write, owner));
    return {
      Name: bucket.name,
      Prefix: write(input.Prefix ?? ""),
      KeyMarker: write(input.KeyMarker ?? ""),
      VersionIdMarker: input.VersionIdMarker ?? "",
      MaxKeys: limit,
      IsTruncated: listing.truncated,
      ...(input.Delimiter ? { Delimiter: write(input.Delimiter) } : {}),
      ...(input.EncodingType ? { EncodingType: "url" as const } : {}),
      ...(next === undefined ? {} : { NextKeyMarker: write(next) }),
      ...(next !== undefined && last && "row" in last ? { NextVersionIdMarker: last.row.versionId } : {}),
      ...(versions.length > 0 ? { Versions: versions } : {}),
      ...(markers.length > 0 ? { DeleteMarkers: markers } : {}),
      ...commonPrefixes(listing, write),
      ...placesOf(rows),
    };
  },
});

/** In which of the two lists each row went: the wire writes them as one. */
const placesOf = (rows: readonly ListedVersion[]): object => ({
  listed: rows.map(({ isMarker }) => (isMarker ? "DeleteMarkers" : "Versions")),
});

interface Markers {
  readonly KeyMarker?: string | undefined;
  readonly VersionIdMarker?: string | undefined;
}

function checkMarkers(bucket: Bucket, { KeyMarker, VersionIdMarker }: Markers): void {
  if (VersionIdMarker === undefined) return;
  if (!KeyMarker) {
    throw errors.invalidArgument(
      "A version-id marker cannot be specified without a key marker.",
      "version-id-marker",
      VersionIdMarker,
    );
  }
  if (VersionIdMarker === "") {
    throw errors.invalidArgument("A version-id marker cannot be empty.", "version-id-marker", VersionIdMarker);
  }
  checkVersionId(bucket, VersionIdMarker, "version-id-marker");
}

async function markedPosition(tx: ReadTx, bucket: Bucket, markers: Markers): Promise<Position | undefined> {
  const { KeyMarker: key, VersionIdMarker: versionId } = markers;
  if (!key) return undefined;
  return versionId ? positionOf(tx, bucket.id, key, versionId) : afterKey(Buffer.from(key));
}

const described = (version: ListedVersion, write: NameWriter, restoreAtMs: number | undefined, owner: Owner) => ({
  ...contentOf(version, write, restoreAtMs, owner),
  VersionId: version.versionId,
  IsLatest: version.isLatest,
});

const describedMarker = (marker: ListedVersion, write: NameWriter, owner: Owner) => ({
  Key: write(marker.key),
  LastModified: new Date(marker.modifiedMs),
  Owner: owner,
  VersionId: marker.versionId,
  IsLatest: marker.isLatest,
});
