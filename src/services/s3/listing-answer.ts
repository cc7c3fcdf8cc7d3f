import { makeMarker, parseMarker } from "../../base/index.js";
import type { RequestContext } from "../../kit/index.js";
import type { RequestValues } from "../../policy/index.js";
import { ownerOfAccount } from "./acl.js";
import { errors } from "./errors.js";
import { type Entry, type Listing, listPage, type Position, urlEncoded } from "./listing.js";
import { headerValues } from "./policy.js";
import type { S3Ports } from "./ports.js";
import { restoreStatus } from "./storage-class.js";
import { type Bucket, type ListedObject, listKeys, listObjects } from "./store/index.js";

const MOST_KEYS = 1000;

export interface ListInput {
  readonly Prefix?: string | undefined;
  readonly Delimiter?: string | undefined;
  readonly MaxKeys?: number | undefined;
  readonly EncodingType?: string | undefined;
}

/** Condition values of a list: only what the request said. */
export const listValues = (ctx: RequestContext, input: ListInput): RequestValues =>
  headerValues(ctx, {
    "s3:prefix": input.Prefix,
    "s3:delimiter": input.Delimiter,
    "s3:max-keys": input.MaxKeys === undefined ? undefined : String(input.MaxKeys),
  });

/** How names are written in an answer: as they are, or percent-encoded. */
export type NameWriter = (name: string) => string;

export function nameWriter(encodingType: string | undefined): NameWriter {
  if (encodingType === undefined) return (name) => name;
  if (encodingType === "url") return urlEncoded;
  throw errors.invalidArgument("Invalid Encoding Method specified in Request", "encoding-type", encodingType);
}

const MOST_ASKED = 2 ** 31 - 1;

/** A page size as asked for, cut to what one page may hold. */
export function pageLimit(asked: number | undefined, name: string): number {
  if (asked === undefined) return MOST_KEYS;
  if (!Number.isInteger(asked) || asked < 0 || asked > MOST_ASKED) {
    throw errors.invalidArgument(
      `Argument ${name} must be an integer between 0 and ${MOST_ASKED}`,
      name,
      String(asked),
    );
  }
  return Math.min(asked, MOST_KEYS);
}

export function listBucket(
  ports: S3Ports,
  bucket: Bucket,
  query: { input: ListInput; after: Position | undefined; limit: number },
): Promise<Listing<ListedObject>> {
  const { input, after, limit } = query;
  // One view for the whole page, so that what is being written meanwhile is all in it or not at all.
  return ports.database.read((tx) =>
    listPage(
      { prefix: input.Prefix ?? "", delimiter: input.Delimiter ?? "", after, limit },
      (from, before, count) => listObjects(tx, bucket.id, from, before, count),
      (from, before, count) => listKeys(tx, bucket.id, from, before, count),
    ),
  );
}

/** Now, where a list is asked to tell of restores. */
export const restoreAt = (
  ctx: RequestContext,
  { OptionalObjectAttributes: asked }: { readonly OptionalObjectAttributes?: readonly string[] | undefined },
): number | undefined => (asked?.includes("RestoreStatus") ? ctx.clock.nowMs() : undefined);

/** The members that all lists of objects share. What is undefined is not written. */
export function contentOf(object: ListedObject, write: NameWriter, restoreAtMs: number | undefined, owner?: Owner) {
  const { storageClass, checksum, restore } = object.kind;
  return {
    Key: write(object.key),
    LastModified: new Date(object.modifiedMs),
    ETag: `"${object.etag}"`,
    ChecksumAlgorithm: checksum && [checksum.algorithm],
    ChecksumType: checksum?.type,
    Size: object.bytes,
    StorageClass: storageClass as "STANDARD", // one of S3's classes
    RestoreStatus: restoreAtMs === undefined ? undefined : restoreStatus(restore, restoreAtMs),
    Owner: owner,
  };
}

export type Owner = ReturnType<typeof ownerOfAccount>;

export const listedOwner = (bucket: Bucket): Owner => ownerOfAccount(bucket.account);

export function rowsOf<Row>(listing: Listing<Row>): Row[] {
  const rows: Row[] = [];
  for (const entry of listing.entries) if ("row" in entry) rows.push(entry.row);
  return rows;
}

export function commonPrefixes<Row>(
  listing: Listing<Row>,
  write: NameWriter,
): { CommonPrefixes?: { Prefix: string }[] } {
  const prefixes: { Prefix: string }[] = [];
  for (const entry of listing.entries) if ("prefix" in entry) prefixes.push({ Prefix: write(entry.prefix.toString()) });
  return prefixes.length > 0 ? { CommonPrefixes: prefixes } : {};
}

/** The name at which the next page begins, when there is one. */
export function lastName<Row extends { readonly key: string | Buffer }>(listing: Listing<Row>): string | undefined {
  const last: Entry<Row> | undefined = listing.entries[listing.entries.length - 1];
  if (!listing.truncated || !last) return undefined;
  return "row" in last ? String(last.row.key) : last.prefix.toString();
}

const tokenScope = (bucket: Bucket) => `s3:ListObjectsV2:${bucket.id}`;

export const makeToken = (bucket: Bucket, name: string): string => makeMarker(tokenScope(bucket), name);

export function parseToken(bucket: Bucket, token: string): string {
  const name = parseMarker(tokenScope(bucket), token);
  if (name === undefined)
    throw errors.invalidArgument("The continuation token provided is incorrect", "continuation-token");
  return name;
}
