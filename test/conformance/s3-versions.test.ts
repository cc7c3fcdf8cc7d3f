import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  RestoreObjectCommand,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { clientsOf } from "../harness/clients.js";
import { type Server, startServer } from "../harness/server.js";

// What takes its time, and so is in no recording: a restore from an archive, and rules that act at midnight.

let server: Server;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

const refusal = (code: string, status: number) => (thrown: unknown) =>
  thrown instanceof S3ServiceException && thrown.name === code && thrown.$metadata.httpStatusCode === status;

test("a restore is accepted once, told in HEAD and lists, and not read before its time", async () => {
  const { s3 } = clientsOf(server);
  const place = { Bucket: "with-archives", Key: "cold" };
  await s3.send(new CreateBucketCommand({ Bucket: place.Bucket }));
  await s3.send(new PutObjectCommand({ ...place, Body: "cold", StorageClass: "GLACIER" }));
  const list = { Bucket: place.Bucket, OptionalObjectAttributes: ["RestoreStatus" as const] };
  const listed = async () => (await s3.send(new ListObjectsV2Command(list))).Contents?.[0]?.RestoreStatus;
  const RestoreRequest = { Days: 1, GlacierJobParameters: { Tier: "Bulk" as const } };
  const restore = () => s3.send(new RestoreObjectCommand({ ...place, RestoreRequest }));

  assert.equal(await listed(), undefined);
  assert.equal((await restore()).$metadata.httpStatusCode, 202);
  await assert.rejects(restore(), refusal("RestoreAlreadyInProgress", 409));
  assert.equal((await listed())?.IsRestoreInProgress, true);
  assert.equal((await s3.send(new HeadObjectCommand(place))).Restore, 'ongoing-request="true"');
  await assert.rejects(s3.send(new GetObjectCommand(place)), refusal("InvalidObjectState", 403));
});

test("rules act at their midnight, on what was there before the server was killed", async () => {
  const Bucket = "with-rules";
  const { s3 } = clientsOf(server);
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
  for (const Key of ["logs/1", "logs/2", "kept"]) await s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
  const rule = { ID: "logs", Status: "Enabled" as const, Filter: { Prefix: "logs/" }, Expiration: { Days: 1 } };
  const LifecycleConfiguration = { Rules: [rule] };
  await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }));
  await server.kill();
  const days = 2 * 24 * 3600;
  const flags = ["--clock-offset", String(days)];
  server = await startServer({ dataFolder: server.dataFolder, flags });
  const later = clientsOf(server, { clockOffsetMs: days * 1000 }).s3;
  let markers: (string | undefined)[] = [];
  // The worker begins with the server; each question is a request's time long.
  for (let asked = 0; asked < 500 && markers.length < 2; asked += 1) {
    const { DeleteMarkers = [], Versions } = await later.send(new ListObjectVersionsCommand({ Bucket }));
    assert.equal(Versions?.length, 3);
    markers = DeleteMarkers.map(({ Key }) => Key);
  }
  assert.deepEqual(markers, ["logs/1", "logs/2"]);
  await assert.rejects(later.send(new HeadObjectCommand({ Bucket, Key: "logs/1" })), (thrown) => {
    assert.ok(thrown instanceof S3ServiceException);
    const headers: Readonly<Record<string, string>> = thrown.$response?.headers ?? {};
    assert.deepEqual([thrown.$metadata.httpStatusCode, headers["x-amz-delete-marker"]], [404, "true"]);
    assert.match(headers["x-amz-version-id"] ?? "", /^[\w.]{32}$/);
    return true;
  });
});
