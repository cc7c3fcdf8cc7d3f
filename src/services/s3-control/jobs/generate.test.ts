import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { AwsError } from "../../../base/index.js";
import { TEST_ACCOUNT } from "../../../kit/testing.js";
import { type ControlHouse, controlHouse, createdJob, describedJob, generatedJobOf, ROLE } from "../testing.js";
import { tasksOf } from "./manifest.js";

let house: ControlHouse = await controlHouse();
after(() => house.close());
beforeEach(async () => {
  await house.close();
  house = await controlHouse();
});

const named = (...names: readonly string[]) => names.map((key) => ({ key }));
const numbered = (from: number, count: number) => named(...Array.from({ length: count }, (_, at) => `k${from + at}`));
const tagged = () => house.s3.inputs("PutObjectTagging").map(({ Bucket, Key }) => `${Bucket}/${Key}`);
const LISTS = { Bucket: "arn:aws:s3:::lists", ManifestFormat: "S3InventoryReport_CSV_20211130" };
const written = (more: object = {}) => ({ EnableManifestOutput: true, ManifestOutputLocation: { ...LISTS, ...more } });

interface Descriptor {
  readonly Format: string;
  readonly Location: { readonly ObjectArn: string; readonly ETag: string };
}

test("a job does what its generator lists, of every page, and nothing else", async () => {
  const Filter = { KeyNameConstraint: { MatchAnyPrefix: ["k"] }, CreatedAfter: new Date("2026-01-01T00:00:00Z") };
  house.s3.pages = [numbered(0, 70), [], numbered(70, 80), named("last +ü")];
  const input = generatedJobOf({ ExpectedBucketOwner: TEST_ACCOUNT, Filter });
  const id = await createdJob(house, input);
  const { ManifestGenerator, Manifest, GeneratedManifestDescriptor } = await describedJob(house, id);
  assert.deepEqual(
    [ManifestGenerator, Manifest, GeneratedManifestDescriptor],
    [input.ManifestGenerator, undefined, undefined],
  );
  await house.work();
  const told = await describedJob(house, id);
  assert.deepEqual([told.Status, told.ProgressSummary.NumberOfTasksSucceeded], ["Complete", 151]);
  const all = [...numbered(0, 150), ...named("last +ü")].map(({ key }) => `source/${key}`);
  assert.deepEqual(tagged().sort(), all.sort());
  assert.deepEqual(
    house.s3.queries.map(({ position, ...rest }) => [position, rest]),
    [undefined, "1", "2", "3"].map((at) => [at, { bucket: "source", owner: TEST_ACCOUNT, filter: Filter }]),
  );
  assert.deepEqual([...house.s3.objects.keys()], [], "no manifest is written");
  assert.equal(told["GeneratedManifestDescriptor"], undefined);
  assert.deepEqual(house.s3.assumed, [`${ROLE} s3-batch-${id}`]);
});

test("a generator that finds nothing makes the job fail, in S3's words", async () => {
  house.s3.pages = [[], []];
  const id = await createdJob(house, generatedJobOf(written()));
  await house.work();
  const told = await describedJob(house, id);
  const reason = "Manifest generation found no keys matching the filter criteria.";
  assert.deepEqual([told.Status, told.FailureReasons[0]?.FailureReason], ["Failed", reason]);
  assert.deepEqual([tagged(), house.s3.objects.size], [[], 0]);
});

test("a role that may not list, or not write the manifest, makes the job fail before its first task", async () => {
  house.s3.pages = [named("a")];
  for (const refused of ["list", "PutObject"]) {
    house.s3.refuse = (operation) => {
      if (operation === refused) throw new AwsError("AccessDenied", `no ${refused}`, { status: 403 });
    };
    const id = await createdJob(house, generatedJobOf(written()));
    await house.work();
    const told = await describedJob(house, id);
    const failures = [{ FailureCode: "AccessDenied", FailureReason: `no ${refused}` }];
    assert.deepEqual([told.Status, told.FailureReasons], ["Failed", failures]);
  }
  assert.deepEqual(tagged(), []);
});

test("the manifest that is written says what the job does, and can be another job's", async () => {
  house.s3.pages = [
    [
      { key: 'a b,"', versionId: "v1" },
      { key: "c", versionId: "null" },
    ],
  ];
  const more = { ManifestPrefix: "out/", ExpectedManifestBucketOwner: TEST_ACCOUNT };
  const id = await createdJob(house, generatedJobOf(written({ ...more, ManifestEncryption: { SSES3: {} } })));
  await house.work();
  const { Status, GeneratedManifestDescriptor: told } = await describedJob(house, id);
  assert.equal(Status, "Complete");
  const { Format, Location } = told as Descriptor; // what DescribeJob answers
  assert.deepEqual(
    [Format, Location.ObjectArn],
    ["S3InventoryReport_CSV_20211130", `arn:aws:s3:::lists/out/manifest-${id}/manifest.json`],
  );
  const puts = house.s3.calls.filter(({ operation }) => operation === "PutObject");
  assert.equal(puts.length, 3);
  for (const { input, headers } of puts) {
    assert.deepEqual(headers, { "x-amz-server-side-encryption": "AES256" });
    const { ServerSideEncryption, ExpectedBucketOwner } = input as Record<string, unknown>; // any input
    assert.deepEqual([ServerSideEncryption, ExpectedBucketOwner], ["AES256", TEST_ACCOUNT]);
  }
  const manifest = JSON.parse(house.s3.text(`lists/out/manifest-${id}/manifest.json`)) as Record<string, unknown>; // the job's
  assert.deepEqual([manifest["version"], manifest["fileSchema"]], ["2021-11-30", "Bucket, Key, VersionId"]);
  const tasks = [];
  const again = { Spec: { Format: "S3InventoryReport_CSV_20161130" as const }, Location };
  for await (const task of tasksOf(await house.s3.assume(ROLE, "x"), again)) tasks.push(task);
  assert.deepEqual(tasks, [
    { bucket: "source", key: 'a b,"', versionId: "v1" },
    { bucket: "source", key: "c", versionId: "null" },
  ]);
});

test("a manifest under a key says so, to S3 and to policies; without a word the bucket's default counts", async () => {
  house.s3.pages = [named("a")];
  const encryption = { ManifestEncryption: { SSEKMS: { KeyId: "key" } } };
  const headers = async (more: object) => {
    house.s3.calls.length = 0;
    await createdJob(house, generatedJobOf(written(more)));
    await house.work();
    return house.s3.calls.find(({ operation }) => operation === "PutObject")?.headers;
  };
  const SSE = "x-amz-server-side-encryption";
  assert.deepEqual(await headers(encryption), { [SSE]: "aws:kms", [`${SSE}-aws-kms-key-id`]: "key" });
  assert.deepEqual(await headers({}), {});
});

test("a step that breaks is done again, and what was listed before it is kept once", async () => {
  house.s3.pages = [numbered(0, 150), numbered(150, 130), numbered(280, 20)];
  let broken = 3;
  house.s3.refuse = (operation) => {
    const isDue = operation === "list" ? house.s3.queries.length === 2 : operation === "PutObject";
    if (!isDue || broken === 0) return;
    broken -= 1;
    throw new Error("the custodian is away");
  };
  const id = await createdJob(house, generatedJobOf(written()));
  await house.work();
  const half = await describedJob(house, id);
  assert.deepEqual([half.Status, half.ProgressSummary.TotalNumberOfTasks], ["Preparing", 0]);
  for (let run = 0; run < 3; run += 1) await house.work();
  assert.equal((await describedJob(house, id)).Status, "Complete");
  assert.deepEqual(
    tagged(),
    numbered(0, 300).map(({ key }) => `source/${key}`),
  );
  const files = [...house.s3.objects].filter(([name]) => name.endsWith(".gz"));
  assert.equal(files.length, 1);
  const text = files.map(([, body]) => gunzipSync(body).toString()).join("");
  assert.equal(
    text,
    numbered(0, 300)
      .map(({ key }) => `"source","${key}"\n`)
      .join(""),
  );
});

test("a job that is cancelled while its list is made does nothing, and its tasks are gone", async () => {
  house.s3.pages = [numbered(0, 100), numbered(100, 100), numbered(200, 100)];
  let id = "";
  house.s3.refuse = (operation) => {
    if (operation === "list" && house.s3.queries.length === 2)
      void house.call("UpdateJobStatus", { JobId: id, RequestedJobStatus: "Cancelled" });
  };
  id = await createdJob(house, generatedJobOf());
  await house.work();
  assert.equal((await describedJob(house, id)).Status, "Cancelled");
  const rows = await house.database.read((tx) => tx.all("SELECT page FROM batch_tasks"));
  assert.deepEqual([tagged(), rows], [[], []]);
});

test("a priority that is changed while the list is made is kept", async () => {
  house.s3.pages = [numbered(0, 3), numbered(3, 3)];
  let id = "";
  house.s3.refuse = (operation) => {
    if (operation === "list") void house.call("UpdateJobPriority", { JobId: id, Priority: 77 });
  };
  id = await createdJob(house, generatedJobOf({}, { ConfirmationRequired: true }));
  await house.work();
  const told = await describedJob(house, id);
  assert.deepEqual([told.Status, told["Priority"], told.ProgressSummary.TotalNumberOfTasks], ["Suspended", 77, 6]);
});
