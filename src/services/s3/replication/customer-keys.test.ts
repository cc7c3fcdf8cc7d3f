import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { isAwsError } from "../../../base/index.js";
import { OTHER_ACCOUNT, roleCaller, rootCaller, testBody } from "../../../kit/testing.js";
import { BUCKET, customerHeaders } from "../testing.js";
import { letRoleIn, REPLICAS, REPLICATOR, ROLE, replicatingHouse } from "./testing.js";

const rules = { newBucketsBlockSseC: false, customerKeysNeedTls: false };
const { house, configure } = await replicatingHouse(undefined, { rules });
after(() => house.close());

const KEY = customerHeaders(Buffer.from("1234567890abcdef1234567890abcdef"));
const OTHER = customerHeaders(Buffer.from("abcdef1234567890abcdef1234567890"));
const LONG = Buffer.alloc(700_000, "a long body ");
const isRefused = (code: string) => (thrown: unknown) => isAwsError(thrown, code);
const isBroken = (thrown: unknown) => thrown instanceof Error && !isAwsError(thrown);

const run = (afterMs = 0) => house.work("s3.replication", new Date(Date.parse("2026-11-21T09:00:00Z") + afterMs));
const put = (key: string, body: string | Buffer) => house.put(BUCKET, key, body, KEY);
const head = (Bucket: string, Key: string, more: object = KEY) => house.call("HeadObject", { Bucket, Key, ...more });
const status = async (key: string) => (await head(BUCKET, key))["ReplicationStatus"];
const blocks = (EncryptionType: "SSE-C" | "NONE") =>
  house.call("PutBucketEncryption", {
    Bucket: REPLICAS,
    ServerSideEncryptionConfiguration: { Rules: [{ BlockedEncryptionTypes: { EncryptionType: [EncryptionType] } }] },
  });

interface Sealed {
  readonly bucket: string;
  readonly part: number;
  readonly piece_id: string;
  readonly body_id: string;
  readonly blob: string | null;
  readonly sealed: Uint8Array | null;
}

/** What lies of the key's bodies, in the order of their parts. */
const sealedOf = (bucket: string, key: string) =>
  house.database.read((tx) =>
    tx.all<Sealed>(
      `SELECT b.name AS bucket, part, piece_id, p.body_id, blob, sealed FROM pieces p
       JOIN objects o ON o.body_id = p.body_id JOIN buckets b ON b.id = o.bucket_id
       WHERE b.name = ? AND o.key = ? ORDER BY part LIMIT 100`,
      bucket,
      Buffer.from(key),
    ),
  );
const pathOf = (blob: string) => join(house.folder, "blobs", blob.slice(0, 2), blob);
const bytesOf = ({ blob, sealed }: Sealed) => (blob === null ? Buffer.from(sealed ?? []) : readFileSync(pathOf(blob)));

before(async () => {
  house.roles.set(ROLE, roleCaller("replicator", "s3-replication", [REPLICATOR]));
  await configure();
});

test("a bucket that blocks SSE-C takes no such replica, and one that is blocked later keeps what it has", async () => {
  await put("before", "1");
  await run();
  await blocks("SSE-C");
  await put("refused", "1");
  await run();
  assert.deepEqual([await status("before"), await status("refused")], ["COMPLETED", "FAILED"]);
  await assert.rejects(head(REPLICAS, "refused"), (thrown: unknown) => isAwsError(thrown) && thrown.status === 404);
  assert.equal((await house.get(REPLICAS, "before", KEY)).text.toString(), "1");
  await blocks("NONE");
});

test("without the role's right nothing is copied", async () => {
  house.roles.set(ROLE, roleCaller("replicator", "s3-replication", []));
  const blobs = await house.blobNames();
  await put("not-allowed", LONG);
  await run();
  house.roles.set(ROLE, roleCaller("replicator", "s3-replication", [REPLICATOR]));
  assert.equal(await status("not-allowed"), "FAILED");
  assert.equal((await house.blobNames()).length, blobs.length + 1, "the source's own");
});

test("a replica opens with its source's key and with no other, be it short or long", async () => {
  for (const [key, body] of [
    ["short", Buffer.from("body of a customer")],
    ["long", LONG],
    ["empty", Buffer.alloc(0)],
  ] as const) {
    const { VersionId, ETag } = await put(key, body);
    assert.equal(await status(key), "PENDING");
    await run();
    assert.equal(await status(key), "COMPLETED");
    for (const read of [
      (more: object) => head(REPLICAS, key, more),
      (more: object) => house.get(REPLICAS, key, more),
    ]) {
      await assert.rejects(read({}), isRefused("InvalidRequest"));
      await assert.rejects(read(OTHER), isRefused("AccessDenied"));
    }
    const replica = await house.get(REPLICAS, key, { ...KEY, ChecksumMode: "ENABLED" });
    const source = await house.get(BUCKET, key, { ...KEY, ChecksumMode: "ENABLED" });
    assert.ok(replica.text.equals(body), key);
    assert.deepEqual([replica["VersionId"], replica.ETag], [VersionId, ETag]);
    assert.deepEqual([replica["ReplicationStatus"], replica["SSECustomerKeyMD5"]], ["REPLICA", KEY.SSECustomerKeyMD5]);
    assert.ok(replica["ChecksumCRC64NVME"]);
    assert.equal(replica["ChecksumCRC64NVME"], source["ChecksumCRC64NVME"]);
  }
  const range = await house.get(REPLICAS, "long", { ...KEY, Range: "bytes=65530-65545" });
  assert.deepEqual(range.text, LONG.subarray(65_530, 65_546));
});

test("the stored bytes are the source's, in blobs of their own: the source may go", async () => {
  for (const key of ["short", "long"]) {
    const [source, replica] = [await sealedOf(BUCKET, key), await sealedOf(REPLICAS, key)];
    assert.ok(source[0] && replica[0]);
    assert.ok(bytesOf(source[0]).length > 0 && bytesOf(source[0]).equals(bytesOf(replica[0])), key);
    assert.notEqual(source[0].body_id, replica[0].body_id);
  }
  const { VersionId } = await put("going", LONG);
  await run();
  await house.call("DeleteObject", { Bucket: BUCKET, Key: "going", VersionId });
  assert.ok((await house.get(REPLICAS, "going", KEY)).text.equals(LONG));
});

test("an object in parts keeps them, and what is copied from a replica is an object like any other", async () => {
  const Key = "parts";
  const created = await house.call("CreateMultipartUpload", { Bucket: BUCKET, Key, ...KEY });
  const upload = { Bucket: BUCKET, Key, UploadId: created["UploadId"] };
  const bodies = [Buffer.alloc(5 * 1024 * 1024, 1), Buffer.from("end")];
  const Parts: object[] = [];
  for (const [at, body] of bodies.entries()) {
    const part = { ...upload, ...KEY, PartNumber: at + 1 };
    const { ETag } = await house.call("UploadPart", part, { body: testBody([body]) });
    Parts.push({ PartNumber: at + 1, ETag });
  }
  await house.call("CompleteMultipartUpload", { ...upload, MultipartUpload: { Parts } });
  await run();
  assert.equal(await status(Key), "COMPLETED");
  assert.ok((await house.get(REPLICAS, Key, KEY)).text.equals(Buffer.concat(bodies)));
  assert.equal((await house.get(REPLICAS, Key, { ...KEY, PartNumber: 2 })).text.toString(), "end");
  await assert.rejects(house.get(REPLICAS, Key, { ...OTHER, PartNumber: 2 }), isRefused("AccessDenied"));

  const copy = { Bucket: REPLICAS, Key: "copy", CopySource: `${REPLICAS}/${Key}` };
  await assert.rejects(house.call("CopyObject", copy), isRefused("InvalidRequest"));
  const asSource = Object.fromEntries(Object.entries(KEY).map(([name, value]) => [`CopySource${name}`, value]));
  await house.call("CopyObject", { ...copy, ...asSource, ...OTHER });
  assert.ok((await house.get(REPLICAS, "copy", OTHER)).text.equals(Buffer.concat(bodies)));
  await assert.rejects(house.get(REPLICAS, "copy", KEY), isRefused("AccessDenied"));
});

const OF = "(SELECT id FROM buckets WHERE name = ?)";
const columnOf = (column: string) => `(SELECT ${column} FROM objects WHERE bucket_id = ${OF} AND key = ?)`;

/** Gives the replica of `victim` these columns of another object, and puts them back when it was looked at. */
async function withColumns(columns: readonly string[], bucket: string, key: string, look: () => Promise<void>) {
  const where = `bucket_id = ${OF} AND key = ?`;
  const victim = [REPLICAS, Buffer.from("victim")] as const;
  const row = await house.database.read((tx) =>
    tx.get<Record<string, string | Uint8Array>>(`SELECT * FROM objects WHERE ${where}`, ...victim),
  );
  const from = columns.flatMap(() => [bucket, Buffer.from(key)]);
  const setting = columns.map((column) => `${column} = ${columnOf(column)}`).join(", ");
  await house.database.write((tx) => tx.run(`UPDATE objects SET ${setting} WHERE ${where}`, ...from, ...victim));
  await look();
  const before = columns.map((column) => row?.[column] ?? "");
  const back = columns.map((column) => `${column} = ?`).join(", ");
  await house.database.write((tx) => tx.run(`UPDATE objects SET ${back} WHERE ${where}`, ...before, ...victim));
}

test("who changes rows passes no body off as another's, though one key opens them all", async () => {
  await put("victim", "what was stored");
  await put("prey", "another's body!");
  await run();
  const wrongs: readonly [what: string, columns: readonly string[], bucket: string, key: string][] = [
    ["another replica, whole", ["body_id", "data_key", "encryption"], REPLICAS, "prey"],
    ["another replica's body", ["body_id"], REPLICAS, "prey"],
    ["another replica's key", ["data_key", "encryption"], REPLICAS, "prey"],
    ["another's origin", ["encryption"], REPLICAS, "prey"],
    ["an object that is no replica", ["body_id", "data_key", "encryption"], BUCKET, "prey"],
    ["its own source, which the house did not bring", ["body_id", "data_key", "encryption"], BUCKET, "victim"],
    ["its source's key, as if it were marked", ["data_key"], BUCKET, "victim"],
    ["its own mark, as if it were no replica", ["encryption"], BUCKET, "victim"],
  ];
  for (const [what, columns, bucket, key] of wrongs)
    await withColumns(columns, bucket, key, async () => {
      await assert.rejects(house.get(REPLICAS, "victim", KEY), isBroken, what);
    });
  assert.equal((await house.get(REPLICAS, "victim", KEY)).text.toString(), "what was stored");
});

test("an older version's body does not come back in the place of a newer one", async () => {
  await put("victim", "what is newer!!");
  await run();
  await house.database.write((tx) =>
    tx.run(
      `UPDATE objects SET (body_id, data_key, encryption) =
         (SELECT body_id, data_key, encryption FROM versions WHERE bucket_id = ${OF} AND key = ? LIMIT 1)
       WHERE bucket_id = ${OF} AND key = ?`,
      ...[REPLICAS, Buffer.from("victim"), REPLICAS, Buffer.from("victim")],
    ),
  );
  await assert.rejects(house.get(REPLICAS, "victim", KEY), isBroken);
  await assert.rejects(head(REPLICAS, "victim"), isBroken);
});

test("stored bytes that were changed are not copied; put right, they are", async () => {
  await put("damaged", LONG);
  const [{ blob } = { blob: null }] = await sealedOf(BUCKET, "damaged");
  const path = pathOf(blob ?? "");
  const right = readFileSync(path);
  const wrong = Buffer.from(right);
  wrong[wrong.length - 1] = wrong.readUInt8(wrong.length - 1) ^ 1;
  writeFileSync(path, wrong);
  const blobs = await house.blobNames();
  await run();
  assert.equal(await status("damaged"), "PENDING");
  assert.deepEqual(await house.blobNames(), blobs);
  writeFileSync(path, right);
  await run(60_000);
  assert.equal(await status("damaged"), "COMPLETED");
  assert.ok((await house.get(REPLICAS, "damaged", KEY)).text.equals(LONG));
});

test("another account's bucket takes it too, and its owner reads nothing without the key", async () => {
  const other = await replicatingHouse(OTHER_ACCOUNT, { rules });
  const owner = { caller: rootCaller(OTHER_ACCOUNT) };
  await letRoleIn(other.house);
  await other.configure();
  await other.house.put(BUCKET, "abroad", "1", KEY);
  await other.house.work("s3.replication");
  await assert.rejects(other.house.get(REPLICAS, "abroad", {}, owner), isRefused("InvalidRequest"));
  assert.equal((await other.house.get(REPLICAS, "abroad", KEY, owner)).text.toString(), "1");
  await other.house.close();
});
