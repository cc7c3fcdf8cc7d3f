import type { Authorized } from "../../../identity/index.js";
import type { AnyOperation } from "../../../kit/index.js";
import { getBucket } from "../bucket.js";
import { noteBucket } from "../on-bucket.js";
import { bucketCheck } from "../policy.js";
import type { S3Ports } from "../ports.js";
import { type Bucket, currentInRange, noncurrentInRange, type StoredObject } from "../store/index.js";
import { versioningOf } from "../versioning.js";
import { type ManifestFilter, matches, rangeOf } from "./filter.js";

/** What the generator of a batch job's manifest asks for, page by page. */
export interface ManifestQuery {
  readonly bucket: string;
  readonly owner?: string | undefined;
  readonly filter: ManifestFilter;
  /** What the page before said. */
  readonly position?: string | undefined;
}

/** `next` is missing on the last page. A page may hold nothing and not be the last. */
export interface ManifestPage {
  readonly objects: readonly ManifestObject[];
  readonly next?: string | undefined;
}

/** Versions have ids as soon as versioning was ever turned on. */
interface ManifestObject {
  readonly key: string;
  readonly versionId?: string | undefined;
}

/** Rows that one page looks at. */
export const ROWS = 1_000;

/**
 * One page of what a batch job's generated manifest lists, as the job's role. It is no operation that a client could
 * call: it asks for what AWS documents of generated manifests, and is recorded as the list that it is.
 */
export const manifestOperation = (ports: S3Ports): AnyOperation => ({
  name: "ListObjectVersions",
  readOnly: true,
  category: "Management",
  target: async (ctx, input) => {
    const { bucket: name, owner } = input as ManifestQuery; // S3 Control's, through the app
    const bucket = await getBucket(ctx, ports, { Bucket: name, ExpectedBucketOwner: owner });
    noteBucket(ctx, bucket);
    return bucket;
  },
  checks: (_ctx, input, target) => {
    const { filter } = input as ManifestQuery; // likewise
    const check = (action: string) => bucketCheck(ports, target as Bucket, action); // what `target` found
    return [
      check("PutInventoryConfiguration"),
      ...(filter.EligibleForReplication === true ? [check("GetReplicationConfiguration")] : []),
    ];
  },
  run: async (_ctx, input, ok: Authorized<unknown>) => {
    return { ...(await readPage(ports, ok.target as Bucket, input as ManifestQuery)) }; // likewise
  },
  auditRequest: (input) => ({ bucketName: (input as ManifestQuery).bucket, versions: "" }), // likewise
  auditResponse: () => null,
});

/** Where a list stands. Versions come first: when a job copies them in place, what is current stays on top. */
interface Position {
  readonly table: "versions" | "objects";
  /** Hex; nothing at the table's beginning. */
  readonly key?: string;
  readonly place?: number;
}

async function readPage({ database }: S3Ports, bucket: Bucket, query: ManifestQuery): Promise<ManifestPage> {
  const isVersioned = versioningOf(bucket) !== undefined;
  const position = positionOf(query, isVersioned);
  const range = rangeOf(query.filter);
  const after = position.key === undefined ? undefined : Buffer.from(position.key, "hex");
  const place = position.place ?? 0;
  const rows: readonly { readonly object: StoredObject; readonly place?: number }[] = await database.read(async (tx) =>
    position.table === "versions"
      ? noncurrentInRange(tx, bucket.id, range, after && { key: after, place }, ROWS)
      : (await currentInRange(tx, bucket.id, range, after, ROWS)).map((object) => ({ object })),
  );
  const next = nextOf(position, rows);
  const found = rows.filter(({ object }) => matches(query.filter, bucket, object));
  return {
    objects: found.map(({ object: { key, versionId } }) => ({ key, ...(isVersioned ? { versionId } : {}) })),
    ...(next === undefined ? {} : { next: JSON.stringify(next) }),
  };
}

const positionOf = ({ position }: ManifestQuery, isVersioned: boolean): Position =>
  position === undefined ? { table: isVersioned ? "versions" : "objects" } : (JSON.parse(position) as Position); // made by readPage

function nextOf(
  { table }: Position,
  rows: readonly { readonly object: StoredObject; readonly place?: number }[],
): Position | undefined {
  const last = rows.at(-1);
  if (rows.length === ROWS && last !== undefined)
    return {
      table,
      key: Buffer.from(last.object.key).toString("hex"),
      ...(last.place === undefined ? {} : { place: last.place }),
    };
  return table === "versions" ? { table: "objects" } : undefined;
}
