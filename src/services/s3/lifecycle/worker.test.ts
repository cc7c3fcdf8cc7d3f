import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { DAY_MS, isAwsError, ManualClock } from "../../../base/index.js";
import { type Run, saveRun, selectBucket } from "../store/index.js";
import { type Answer, s3House } from "../testing.js";

const START = "2026-11-21T09:00:00Z";

/** A bucket with these rules, a clock, and the worker that applies them. */
async function lifecycleHouse(Rules: object[], input: object = {}) {
  const clock = new ManualClock(START);
  const house = await s3House({ clock });
  const worker = house.service.workers.find(({ name }) => name === "s3.lifecycle");
  assert.ok(worker);
  const Bucket = "with-rules";
  const call = (name: string, more: object = {}) => house.call<Answer>(name, { Bucket, ...more }, { clock });
  await call("CreateBucket", input);
  const rules = (next: object[], more: object = {}) =>
    call("PutBucketLifecycleConfiguration", {
      LifecycleConfiguration: { Rules: next.map((rule) => ({ Status: "Enabled", Filter: {}, ...rule })) },
      ...more,
    });
  await rules(Rules);
  return {
    call,
    rules,
    clock,
    house,
    put: (Key: string, body: string | Buffer = "x", more: object = {}) => house.put(Bucket, Key, body, more, { clock }),
    run: () => worker.run(clock.now()),
    async pass(days: number) {
      clock.advance(days * DAY_MS);
      await worker.run(clock.now());
    },
    async keys() {
      const { Contents = [] } = await call("ListObjectsV2");
      return (Contents as { Key: string }[]).map(({ Key }) => Key); // as the operation lists them
    },
    async versions() {
      const answer = await call("ListObjectVersions");
      const of = (member: string) => (answer[member] ?? []) as { Key: string; VersionId: string }[]; // as it lists them
      return {
        versions: of("Versions").map((one) => one.VersionId),
        markers: of("DeleteMarkers").map((one) => one.Key),
      };
    },
  };
}

test("an object expires with the midnight after its days, and nothing that no rule covers does", async () => {
  const { put, pass, keys, house, rules, call, run } = await lifecycleHouse([
    { ID: "logs", Filter: { Prefix: "logs/" }, Expiration: { Days: 2 } },
    { ID: "off", Status: "Disabled", Expiration: { Days: 1 } },
    { ID: "tagged", Filter: { Tag: { Key: "keep", Value: "no" } }, Expiration: { Days: 1 } },
    { ID: "small", Filter: { And: { Prefix: "size/", ObjectSizeLessThan: 5 } }, Expiration: { Days: 1 } },
  ]);
  try {
    const answer = await put("logs/1", Buffer.alloc(40_000));
    assert.equal(answer["Expiration"], 'expiry-date="Tue, 24 Nov 2026 00:00:00 GMT", rule-id="logs"');
    await put("tagged", "x", { Tagging: "keep=no" });
    for (const [key, body] of [
      ["other", "x"],
      ["size/1", "1234"],
      ["size/2", "12345"],
    ] as const) {
      await put(key, body);
    }
    assert.equal((await call("HeadObject", { Key: "other" }))["Expiration"], undefined);
    assert.match(String((await call("HeadObject", { Key: "logs/1" }))["Expiration"]), /rule-id="logs"/);
    await pass(1);
    assert.deepEqual(await keys(), ["logs/1", "other", "size/1", "size/2", "tagged"]);
    await pass(1);
    assert.deepEqual(await keys(), ["logs/1", "other", "size/2"]);
    assert.equal((await house.blobNames()).length, 1);
    await pass(1);
    assert.deepEqual(await keys(), ["other", "size/2"]);
    assert.deepEqual(await house.blobNames(), []);

    // New rules do not wait for the next day.
    await rules([{ Expiration: { Date: new Date("2026-11-24T00:00:00Z") } }]);
    await run();
    assert.deepEqual(await keys(), []);
  } finally {
    await house.close();
  }
});

test("where versions are kept, expiry hides, old versions go by age and number, and a lone marker goes last", async () => {
  const { put, pass, versions, house, call, keys } = await lifecycleHouse([
    { ID: "hide", Filter: { Prefix: "hide" }, Expiration: { Days: 1 } },
    {
      ID: "old",
      Filter: { Prefix: "stack" },
      NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 2 },
    },
    { ID: "clean", Filter: { Prefix: "gone" }, Expiration: { ExpiredObjectDeleteMarker: true } },
  ]);
  try {
    await call("PutBucketVersioning", { VersioningConfiguration: { Status: "Enabled" } });
    const hidden = (await put("hide"))["VersionId"];
    const stack = [];
    for (let n = 0; n < 5; n += 1) stack.push((await put("stack", String(n)))["VersionId"]);
    await call("DeleteObject", { Key: "gone" });
    await pass(2);
    assert.deepEqual(await versions(), { versions: [hidden, stack[4], stack[3], stack[2]], markers: ["hide"] });
    assert.deepEqual(await keys(), ["stack"]);
  } finally {
    await house.close();
  }
});

test("a locked version outlives its rule, and goes when the lock does", async () => {
  const { put, pass, versions, house, clock } = await lifecycleHouse(
    [{ NoncurrentVersionExpiration: { NoncurrentDays: 1 } }],
    { ObjectLockEnabledForBucket: true },
  );
  try {
    const ContentMD5 = createHash("md5").update("x").digest("base64");
    const locked = await put("k", "x", {
      ContentMD5,
      ObjectLockMode: "COMPLIANCE",
      ObjectLockRetainUntilDate: new Date(clock.nowMs() + 5 * DAY_MS),
    });
    await put("k", "y");
    const latest = await put("k", "z");
    await pass(3);
    assert.deepEqual((await versions()).versions, [latest["VersionId"], locked["VersionId"]]);
    await pass(3);
    assert.deepEqual((await versions()).versions, [latest["VersionId"]]);
  } finally {
    await house.close();
  }
});

test("objects move down the classes, small ones only where a rule asks for it, and are still theirs", async () => {
  const { put, pass, house, call, rules } = await lifecycleHouse([
    {
      Transitions: [
        { Days: 30, StorageClass: "STANDARD_IA" },
        { Days: 60, StorageClass: "GLACIER" },
      ],
    },
  ]);
  const classOf = async (Key: string) => (await call("HeadObject", { Key }))["StorageClass"];
  try {
    await put("large", Buffer.alloc(128 * 1024));
    await put("small", "x");
    await put("deep", Buffer.alloc(128 * 1024), { StorageClass: "DEEP_ARCHIVE" });
    await pass(29);
    assert.equal(await classOf("large"), undefined);
    await pass(2);
    assert.deepEqual([await classOf("large"), await classOf("small")], ["STANDARD_IA", undefined]);
    await pass(31);
    assert.deepEqual([await classOf("large"), await classOf("deep")], ["GLACIER", "DEEP_ARCHIVE"]);
    await assert.rejects(call("GetObject", { Key: "large" }), (thrown) => isAwsError(thrown, "InvalidObjectState"));
    await rules([{ Transitions: [{ Days: 0, StorageClass: "GLACIER" }] }], {
      TransitionDefaultMinimumObjectSize: "varies_by_storage_class",
    });
    await pass(1);
    assert.equal(await classOf("small"), "GLACIER");
  } finally {
    await house.close();
  }
});

test("an upload that nobody completes is given up, and says when", async () => {
  const { put, pass, call, house } = await lifecycleHouse([
    { ID: "give up", AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 } },
  ]);
  try {
    await put("done");
    const upload = await call("CreateMultipartUpload", { Key: "k" });
    assert.deepEqual([upload["AbortDate"], upload["AbortRuleId"]], [new Date("2026-11-25T00:00:00Z"), "give up"]);
    await pass(3);
    const uploads = async () => (await call("ListMultipartUploads"))["Uploads"];
    assert.equal(((await uploads()) as object[]).length, 1);
    await pass(1);
    assert.equal(await uploads(), undefined);
    await assert.rejects(call("ListParts", { Key: "k", UploadId: upload["UploadId"] }), (thrown) =>
      isAwsError(thrown, "NoSuchUpload"),
    );
  } finally {
    await house.close();
  }
});

test("a run goes on where it was cut, and a day that is done is not done again", async () => {
  const { put, run, keys, house, clock } = await lifecycleHouse([{ Expiration: { Days: 1 } }]);
  try {
    for (const key of ["a", "b", "c"]) await put(key);
    clock.advance(2 * DAY_MS);
    const day = Math.floor(clock.nowMs() / DAY_MS);
    const stands = (stage: Run["stage"], key: string) =>
      house.database.write(async (tx) => {
        const bucket = await selectBucket(tx, "with-rules");
        await saveRun(tx, { bucketId: bucket?.id ?? "", day, stage, key: Buffer.from(key), place: 0 });
      });
    await stands("done", "");
    await run();
    assert.deepEqual(await keys(), ["a", "b", "c"]);
    await stands("objects", "a");
    await run();
    assert.deepEqual(await keys(), ["a"]);
    clock.advance(DAY_MS);
    await run();
    assert.deepEqual(await keys(), []);
  } finally {
    await house.close();
  }
});

test("more objects than a page and a unit hold all go, and their blobs with them", async () => {
  const { put, pass, keys, house } = await lifecycleHouse([{ Filter: { Prefix: "k" }, Expiration: { Days: 1 } }]);
  try {
    await put("j");
    for (let n = 0; n < 120; n += 1) await put(`k${n}`);
    await put("kz", Buffer.alloc(20_000));
    await pass(2);
    assert.deepEqual(await keys(), ["j"]);
    assert.deepEqual(await house.blobNames(), []);
  } finally {
    await house.close();
  }
});
