import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import {
  CreateBucketCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { awsEnvironment, clientsOf, runProgram } from "../harness/clients.js";
import { type Server, startServer } from "../harness/server.js";

// Versions, markers, locks, lifecycle and storage classes as they were recorded from the real service, played again with
// boto3 on the running server, and the one story of restores that nobody recorded.

const FOLDER = process.env["STRONGROOM_VECTORS"] ?? join(process.cwd(), "..", "shared", "vectors");
type Json = Readonly<Record<string, unknown>>;
const recorded: Json = JSON.parse(readFileSync(join(FOLDER, "recordings", "s3.json"), "utf8"));
const SCRIPT = join(process.cwd(), "test", "conformance", "s3_versions.py");
const NAMES = [...readFileSync(SCRIPT, "utf8").matchAll(/^ {4}(?:f?"([^"]+)"): /gm)].map(([, name = ""]) => name);

let server: Server;
let played: Json = {};
before(async () => {
  server = await startServer();
  const done = await runProgram("python3", [SCRIPT], { environment: awsEnvironment(server) });
  assert.equal(done.code, 0, done.stderr);
  played = JSON.parse(done.stdout);
});
after(() => server.stop());

/** Bodies that no recording shows and no ETag gave away. */
const OTHER_BODY = /^(ETag|Checksum(CRC32|CRC64NVME))$/;
const MASK = /^<[^>]+>$/;

/** Objects, and arrays by their indices. */
const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null;

/** Holds a played value against its recording. A numbered mask stands for one value, and another mask for another. */
class Comparison {
  readonly differences: string[] = [];
  readonly #bound = new Map<string, unknown>();
  readonly #sameBodies: boolean;

  constructor(sameBodies: boolean) {
    this.#sameBodies = sameBodies;
  }

  compare(path: string, expected: unknown, got: unknown): void {
    if (typeof expected === "string") this.#text(path, expected, got);
    else if (isObject(expected) && isObject(got)) this.#members(path, expected, got);
    else if (expected !== got) this.#differ(path, expected, got);
  }

  #members(path: string, expected: Json, got: Json): void {
    for (const name of new Set([...Object.keys(expected), ...Object.keys(got)])) {
      this.compare(`${path}.${name}`, expected[name], got[name]);
    }
  }

  #text(path: string, expected: string, got: unknown): void {
    const member = path.slice(path.lastIndexOf(".") + 1);
    const isAny = expected === "datetime" || (MASK.test(expected) && !/:\d+>$/.test(expected));
    const isOther = isAny || (!this.#sameBodies && OTHER_BODY.test(member));
    if (got !== undefined && isOther) return;
    if (got === undefined || !MASK.test(expected)) {
      if (expected !== got) this.#differ(path, expected, got);
      return;
    }
    const before = this.#bound.get(expected);
    const isTaken = before === undefined && [...this.#bound.values()].includes(got);
    if (isTaken || (before !== undefined && before !== got)) this.#differ(path, `${expected} = ${before}`, got);
    this.#bound.set(expected, got);
  }

  #differ(path: string, expected: unknown, got: unknown): void {
    this.differences.push(`${path}: recorded ${JSON.stringify(expected)}, played ${JSON.stringify(got)}`);
  }
}

const OTHER_BODIES = new Set([
  "TestS3::test_s3_delete_object_with_version_id",
  "TestS3::test_get_object_attributes_versioned",
  "TestS3ObjectCRUD::test_delete_objects",
  "TestS3ListObjectVersions::test_list_object_versions_pagination_common_prefixes",
  "TestS3ObjectLockRetention::test_bucket_config_default_retention",
  "TestS3ObjectLockRetention::test_object_lock_delete_markers",
  "TestS3ObjectLockRetention::test_object_lock_extend_duration",
  "TestS3ObjectWritePrecondition::test_put_object_if_match_versioned_bucket",
  "TestS3::test_s3_copy_tagging_directive_versioned[COPY]",
  "TestS3::test_s3_copy_tagging_directive_versioned[None]",
  "TestS3::test_s3_copy_tagging_directive_versioned[REPLACE]",
]);

const scenarios = Object.keys(recorded).filter((name) =>
  NAMES.some((one) => name.endsWith(one.replace(/^\{\w+\}/, ""))),
);

test("the script plays what is recorded", () => {
  assert.ok(scenarios.length >= 44, `${scenarios.length}`);
  assert.deepEqual(
    Object.keys(played).filter((name) => name !== "restore" && !(name in recorded)),
    [],
  );
});

for (const name of scenarios) {
  test(name, () => {
    const comparison = new Comparison(!OTHER_BODIES.has(name));
    comparison.compare("", recorded[name], played[name]);
    assert.deepEqual(comparison.differences, []);
  });
}

test("a restore is accepted once, told in HEAD and lists, and not read before its time", () => {
  const story = played["restore"] as Readonly<Record<string, Json & { Error?: Json; ResponseMetadata: Json }>>; // as the script gives it
  assert.equal(story["first"]?.ResponseMetadata["HTTPStatusCode"], 202);
  assert.equal(story["again"]?.Error?.["Code"], "RestoreAlreadyInProgress");
  assert.equal(story["again"]?.ResponseMetadata["HTTPStatusCode"], 409);
  assert.deepEqual([story["unrestored"], story["listed"]], [false, true]);
  assert.equal(story["head"]?.["Restore"], 'ongoing-request="true"');
  assert.equal(story["get"]?.Error?.["Code"], "InvalidObjectState");
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
