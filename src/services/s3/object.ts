import { isAwsError, LIMITS } from "../../base/index.js";
import type { Check } from "../../identity/index.js";
import type { RequestContext } from "../../kit/index.js";
import type { WriteTx } from "../../store/index.js";
import { getBucket } from "./bucket.js";
import { doerOf, noteChange } from "./changes.js";
import { type ConditionSubject, checkWrite, type WriteConditions } from "./conditions.js";
import { decodeWords } from "./encoded-words.js";
import { errors } from "./errors.js";
import { checkKey, objectArn } from "./names.js";
import { withObjectAcl } from "./object-acl.js";
import { hasAcls } from "./ownership.js";
import { type AnnotationPlace, pieceOwner } from "./piece-format.js";
import { bucketCheck, existingTagValues, headerValues, objectCheck } from "./policy.js";
import { freshCaches, type S3Ports } from "./ports.js";
import { parseStorageClass } from "./storage-class.js";
import {
  type Bucket,
  currentObject,
  type DeleteMarker,
  type Found,
  findVersion,
  NULL_VERSION,
  type ObjectHeaders,
  type Piece,
  placeObject,
  replacePiece,
  type StoredObject,
  selectObject,
  type Versioning,
} from "./store/index.js";
import { checkVersionId, newVersionId, versionedAction, versioningNow, type Written } from "./versioning.js";

export interface ObjectInput {
  readonly Bucket?: string | undefined;
  readonly Key?: string | undefined;
  readonly VersionId?: string | undefined;
  readonly ExpectedBucketOwner?: string | undefined;
  readonly RequestPayer?: string | undefined;
}

/** What an operation on one object is about. The object is undefined when nothing, or a delete marker, stands there. */
export interface ObjectTarget extends Found {
  readonly bucket: Bucket;
  readonly key: string;
  /** The version that was asked for; undefined: the latest. */
  readonly asked: string | undefined;
}

export async function findObject(ctx: RequestContext, ports: S3Ports, input: ObjectInput): Promise<ObjectTarget> {
  const named = getBucket(ctx, ports, input);
  const bucket = named instanceof Promise ? await named : named;
  const { Key: key = "", VersionId: asked } = input;
  checkKey(key);
  noteObject(ctx, bucket, key);
  return findIn(ports, bucket, key, asked);
}

export async function findIn(
  ports: S3Ports,
  bucket: Bucket,
  key: string,
  asked: string | undefined,
): Promise<ObjectTarget> {
  checkVersionId(bucket, asked);
  const current = asked === undefined ? findCurrent(ports, bucket.id, key) : undefined;
  const object = current instanceof Promise ? await current : current;
  if (object) return { object, isLatest: true, bucket, key, asked };
  const found = await ports.database.read((tx) => findVersion(tx, bucket.id, key, asked));
  return { ...found, bucket, key, asked };
}

/** Read through the cache where it can be read at once: then it is as new as the version that the cache is of, or newer. */
function findCurrent(ports: S3Ports, bucketId: string, key: string) {
  const { objects } = freshCaches(ports);
  const name = `${bucketId} ${key}`;
  const known = objects.get(name);
  if (known !== undefined) return known;
  const found = currentObject(ports.database, bucketId, key);
  if (found !== undefined && !(found instanceof Promise)) objects.set(name, found);
  return found;
}

export function noteObject(ctx: RequestContext, bucket: Bucket, key: string): void {
  ctx.notes.resources.push({ type: "AWS::S3::Object", ARN: objectArn(bucket.name, key) }, bucketResource(bucket));
}

/** Of buckets as they were read, which never change: the trail writes what is frozen once. */
const resources = new WeakMap<Bucket, RequestContext["notes"]["resources"][number]>();

function bucketResource(bucket: Bucket) {
  const known = resources.get(bucket);
  if (known !== undefined) return known;
  const made = Object.freeze({
    accountId: bucket.account,
    type: "AWS::S3::Bucket",
    ARN: `arn:aws:s3:::${bucket.name}`,
  });
  resources.set(bucket, made);
  return made;
}

/**
 * What reading an object needs. Who may not list the bucket is not told that a key is missing: the answer is then
 * the same denial as for a key that is there.
 */
export function readChecks(
  ctx: RequestContext,
  ports: S3Ports,
  target: ObjectTarget,
  action: string,
  extra: ExtraValues = {},
): Check[] | Promise<Check[]> {
  const { bucket, key, object, asked } = target;
  const check = objectCheck(ports, bucket, key, versionedAction(action, asked), targetValues(ctx, target, extra));
  if (!object) return [missingObjectCheck(check), bucketCheck(ports, bucket, "ListBucket")];
  if (!hasAcls(bucket)) return [check];
  return withObjectAcl(ports, bucket, object, check).then((owned) => [owned]);
}

/** What is not there has no list: whoever may list the bucket by the bucket's own is told so. */
function missingObjectCheck(check: Check): Check {
  if (check.side.kind !== "resource" || !check.side.lists) return check;
  const { lists } = check.side;
  return { ...check, side: { ...check.side, lists: (request) => lists({ ...request, action: "s3:ListBucket" }) } };
}

/** The condition values of an operation on an object that may be there. */
export const targetValues = (
  ctx: RequestContext,
  { object, asked }: Pick<ObjectTarget, "object" | "asked">,
  extra: ExtraValues = {},
) => headerValues(ctx, { ...existingTagValues(object?.tags ?? []), "s3:versionid": asked, ...extra });

type ExtraValues = Readonly<Record<string, string | undefined>>;

/**
 * The object. A latest version that is a delete marker is a missing key, and says that it is one; a marker that was
 * asked for by its id is there, and takes no method but DELETE.
 */
export function getExisting(target: ObjectTarget, method: Method = "GET"): StoredObject {
  const { object, marker, key, asked } = target;
  if (object) return object;
  if (marker && asked !== undefined) throw markerRefuses(marker, method);
  if (marker) throw errors.noSuchKey(key, markerHeaders(marker));
  throw missing(target);
}

/** The same for tags, retention and legal holds, where the marker refuses even as the latest version. */
export function getTagged(target: ObjectTarget, method: Method): StoredObject {
  const { object, marker } = target;
  if (object) return object;
  throw marker ? markerRefuses(marker, method) : missing(target);
}

type Method = "GET" | "HEAD" | "PUT" | "POST" | "DELETE";

const missing = ({ key, asked }: ObjectTarget) =>
  asked === undefined || asked === NULL_VERSION ? errors.noSuchKey(key) : errors.noSuchVersion(key, asked);

const markerRefuses = (marker: DeleteMarker, method: Method) =>
  errors.methodNotAllowed(method, {
    ...markerHeaders(marker),
    "last-modified": new Date(marker.modifiedMs).toUTCString(),
  });

const markerHeaders = (marker: DeleteMarker) => ({
  "x-amz-delete-marker": "true",
  "x-amz-version-id": marker.versionId,
});

interface HeaderInput {
  readonly ContentType?: string | undefined;
  readonly CacheControl?: string | undefined;
  readonly ContentDisposition?: string | undefined;
  readonly ContentEncoding?: string | undefined;
  readonly ContentLanguage?: string | undefined;
  readonly Expires?: Date | string | undefined;
  readonly WebsiteRedirectLocation?: string | undefined;
  readonly StorageClass?: string | undefined;
  readonly Metadata?: Readonly<Record<string, string>> | undefined;
}

/** The headers that are kept with an object, from a request that writes one. */
export function parseHeaders(ctx: RequestContext, input: HeaderInput): ObjectHeaders {
  const given = Object.entries(input.Metadata ?? {});
  const metadata = Object.fromEntries(given.map(([name, value]) => [name, decodeWords(value)]));
  const metadataBytes = Object.entries(metadata).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value),
    0,
  );
  if (metadataBytes > LIMITS.s3MetadataBytes) throw errors.metadataTooLarge(metadataBytes, LIMITS.s3MetadataBytes);
  checkRedirect(input.WebsiteRedirectLocation);
  const encoding = storedEncoding(input.ContentEncoding);
  const expires =
    ctx.headers["expires"] ?? (input.Expires instanceof Date ? input.Expires.toUTCString() : input.Expires);
  return {
    contentType: input.ContentType || "binary/octet-stream",
    ...present("cacheControl", input.CacheControl),
    ...present("contentDisposition", input.ContentDisposition),
    ...present("contentEncoding", encoding),
    ...present("contentLanguage", input.ContentLanguage),
    ...present("expires", expires),
    ...present("websiteRedirectLocation", input.WebsiteRedirectLocation),
    storageClass: parseStorageClass(input.StorageClass),
    metadata,
  };
}

export function checkRedirect(location: string | undefined): void {
  if (!location || /^(?:https?:\/)?\//.test(location)) return;
  throw errors.invalidRedirectLocation();
}

/** `aws-chunked` is how the body came, not what it is. */
function storedEncoding(header: string | undefined): string | undefined {
  const kept = (header ?? "")
    .split(",")
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "" && coding !== "aws-chunked");
  return kept.length > 0 ? kept.join(",") : undefined;
}

const present = <Name extends string>(name: Name, value: string | undefined) =>
  (value === undefined || value === "" ? {} : { [name]: value }) as { readonly [K in Name]?: string }; // one member or none

/**
 * A fresh name for a body, 32 hex digits. Names sort by the time at which they were made, so that new rows lie together:
 * a page of the database takes a dozen of them, where random names would touch a page each.
 */
export const newBodyId = (ctx: RequestContext): string =>
  ctx.clock.nowMs().toString(16).padStart(12, "0") + ctx.ids.hex(20);

/** A fresh name for a piece, before anything of it is sealed. */
export function newPiece(ctx: RequestContext, bodyId: string, part: number) {
  return { bodyId, part, pieceId: ctx.ids.hex(32) };
}

export const ownerOf = (
  bucket: Bucket,
  key: string,
  piece: { bodyId: string; part: number; pieceId: string },
  annotation?: AnnotationPlace,
): Buffer => pieceOwner(bucket.id, key, piece, annotation);

export const subjectOf = (object: StoredObject | undefined): ConditionSubject | undefined =>
  object && { etag: object.etag, modifiedMs: object.modifiedMs };

/** An object on its way: which version it becomes is decided where it is committed. */
export type NewObject = Omit<StoredObject, "versionId">;

/** Makes an object of one piece the latest version of its key. Blobs that nobody names any more go after the commit. */
export async function commitObject(
  ctx: RequestContext,
  ports: S3Ports,
  bucket: Bucket,
  object: NewObject,
  piece: Piece,
  sealed: Uint8Array | undefined,
  conditions: WriteConditions,
  event: "ObjectCreated:Put" | "ObjectCreated:Post" | "ObjectCreated:Copy",
): Promise<Written> {
  const doer = doerOf(ctx);
  const fresh = newVersionId(ctx);
  const blobs = [piece, ...(object.annotations ?? []).map((annotation) => annotation.piece)].map(({ blob }) => blob);
  const { freed, written } = await commitOrForget(ctx, ports, blobs, async (tx) => {
    const versioning = await versioningNow(tx, bucket);
    checkWrite(conditions, object.key, subjectOf(await selectObject(tx, bucket.id, object.key)));
    const placed = await placeVersion(tx, object, versioning, fresh);
    await replacePiece(tx, piece, sealed);
    await noteChange(tx, doer, bucket, { event, ...object, ...placed.written, object });
    return placed;
  });
  await removeFreed(ctx, ports, freed);
  return written;
}

/** For units that make an object visible: the version id is `fresh` or `null`, as versioning is at this moment. */
export async function placeVersion(
  tx: WriteTx,
  object: NewObject,
  versioning: Versioning,
  fresh: string,
): Promise<{ readonly freed: string[]; readonly written: Written }> {
  const versionId = versioning === "Enabled" ? fresh : NULL_VERSION;
  return {
    freed: await placeObject(tx, { ...object, versionId }, versioning),
    written: { versionId, versioning },
  };
}

/**
 * Commits; if the unit itself refuses, takes the fresh blobs away. Any other failure leaves unknown what the disk
 * holds: then a row may name the blob, and only the sweeper, which asks the rows, may remove it.
 */
export async function commitOrForget<T>(
  ctx: RequestContext,
  ports: S3Ports,
  blobs: readonly (string | undefined)[],
  unit: (tx: WriteTx) => Promise<T>,
): Promise<T> {
  let refusal: unknown;
  const observed = (tx: WriteTx) =>
    unit(tx).catch((thrown: unknown) => {
      refusal = thrown;
      throw thrown;
    });
  try {
    return await ctx.commit(ports.database, observed);
  } catch (thrown) {
    if (thrown === refusal && isAwsError(thrown)) await removeBlobs(ports, blobs);
    throw thrown;
  }
}

/** The blobs that a commit freed go while the call's record is written. */
export function removeFreed(ctx: RequestContext, ports: S3Ports, names: readonly string[]): Promise<void> | undefined {
  if (names.length === 0) return undefined;
  const removed = removeBlobs(ports, names);
  if (ctx.alongside === undefined) return removed;
  ctx.alongside(removed);
  return undefined;
}

/** Blobs that no row names any more; a body in its row has none. What cannot be removed now is found by the sweeper. */
export async function removeBlobs(ports: S3Ports, names: readonly (string | undefined)[]): Promise<void> {
  for (const name of names) {
    if (name === undefined) continue;
    await ports.blobs.remove(name).catch((thrown: unknown) => {
      ports.log.warn("s3.blob-left", { blob: name, reason: thrown instanceof Error ? thrown.message : typeof thrown });
    });
  }
}
