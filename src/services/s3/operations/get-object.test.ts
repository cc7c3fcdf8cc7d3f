import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { AwsError, isAwsError } from "../../../base/index.js";
import { BrokenSeal } from "../../../crypto/index.js";
import { Denied } from "../../../identity/index.js";
import { ALLOW_ALL, OTHER_ACCOUNT, testContext, userCaller } from "../../../kit/testing.js";
import { openTestSqlite } from "../../../store/testing.js";
import { S3_MIGRATIONS } from "../store/index.js";
import { type Answer, BUCKET, collected, KEY_ARN, KEY_ID, s3House } from "../testing.js";

const house = await s3House();
after(() => house.close());

const code = (name: string) => (thrown: unknown) => isAwsError(thrown, name);
const SIZES = [0, 1, 16 * 1024, 16 * 1024 + 1, 65_535, 65_536, 65_537, 1024 * 1024, 2_200_000];
function bytesOf(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at++) bytes[at] = at ^ (at >> 8) ^ (at >> 16);
  return bytes;
}

for (const size of SIZES) {
  test(`${size} bytes come back as they were, whole and in ranges`, async () => {
    const body = bytesOf(size);
    await house.put(BUCKET, `size/${size}`, body);
    const whole = await house.get(BUCKET, `size/${size}`);
    assert.ok(whole.text.equals(body));
    assert.equal(whole["ContentLength"], size);
    assert.equal(whole["ContentRange"], undefined);
    for (const first of [0, 1, 65_535, 65_536, 1_048_576 - 1, size - 1].filter((at) => at >= 0 && at < size)) {
      const last = Math.min(first + 70_000, size - 1);
      const ranged = await house.get(BUCKET, `size/${size}`, { Range: `bytes=${first}-${last}` });
      assert.ok(ranged.text.equals(body.subarray(first, last + 1)), `${first}-${last}`);
      assert.equal(ranged["ContentRange"], `bytes ${first}-${last}/${size}`);
    }
  });
}

test("what another process changed is seen by the next read, however often it was read before", async () => {
  const read = () => house.get(BUCKET, "remembered");
  const key = Buffer.from("remembered");
  await house.put(BUCKET, "remembered", "x", { ContentType: "text/one" });
  for (let time = 0; time < 2; time += 1) assert.equal((await read())["ContentType"], "text/one");
  const other = await openTestSqlite({ path: `${house.folder}/s3.db`, migrations: S3_MIGRATIONS });
  await other.write((tx) => tx.run("UPDATE objects SET headers = replace(headers, 'one', 'two') WHERE key = ?", key));
  assert.equal((await read())["ContentType"], "text/two");
  await other.write((tx) => tx.run("DELETE FROM objects WHERE key = ?", key));
  await assert.rejects(read(), code("NoSuchKey"));
  await other.close();
  await house.put(BUCKET, "remembered", "own", { ContentType: "text/three" });
  assert.equal((await read())["ContentType"], "text/three");
});

test("who may not list is not told that a key is missing", async () => {
  const getOnly = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }] };
  const caller = userCaller("getter", [getOnly]);
  await assert.rejects(
    house.get(BUCKET, "missing", {}, { caller }),
    (thrown) => thrown instanceof Denied && thrown.check.action === "s3:ListBucket",
  );
  await assert.rejects(house.get(BUCKET, "missing"), code("NoSuchKey"));
  await assert.rejects(house.get("no-such-bucket", "k"), code("NoSuchBucket"));
});

test("another account reads only what the bucket's policy lets it", async () => {
  const caller = userCaller("stranger", [ALLOW_ALL], OTHER_ACCOUNT);
  await house.call("CreateBucket", { Bucket: "shared-bucket" });
  await house.put("shared-bucket", "open", "x");
  await assert.rejects(house.get("shared-bucket", "open", {}, { caller }), Denied);
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${OTHER_ACCOUNT}:root` },
        Action: "s3:GetObject",
        Resource: "arn:aws:s3:::shared-bucket/open",
      },
    ],
  });
  await house.call("PutBucketPolicy", { Bucket: "shared-bucket", Policy });
  assert.equal((await house.get("shared-bucket", "open", {}, { caller })).text.toString(), "x");
  await house.put("shared-bucket", "closed", "x");
  await assert.rejects(house.get("shared-bucket", "closed", {}, { caller }), Denied);
});

test("one Decrypt a read, in the reader's name; a key switched off is off at the next read", async () => {
  await house.put(BUCKET, "kms", "secret", { ServerSideEncryption: "aws:kms", SSEKMSKeyId: KEY_ID });
  const before = house.keys.calls.length;
  const caller = userCaller("reader", [ALLOW_ALL]);
  const answer = await house.get(BUCKET, "kms", {}, { caller });
  assert.equal(answer.text.toString(), "secret");
  assert.equal(answer["SSEKMSKeyId"], KEY_ARN);
  assert.deepEqual(
    house.keys.calls.slice(before).map((call) => [call.operation, call.caller]),
    [["Decrypt", caller.principal.arn]],
  );
  house.keys.refusal = new AwsError("DisabledException", `${KEY_ARN} is disabled.`);
  await assert.rejects(house.get(BUCKET, "kms"), code("KMS.DisabledException"));
  await house.call("HeadObject", { Bucket: BUCKET, Key: "kms" });
  house.keys.refusal = undefined;
});

test("preconditions answer before any key is used", async () => {
  const { ETag } = await house.put(BUCKET, "pre", "x", { ServerSideEncryption: "aws:kms" });
  const before = house.keys.calls.length;
  await assert.rejects(house.get(BUCKET, "pre", { IfMatch: '"other"' }), code("PreconditionFailed"));
  await assert.rejects(house.get(BUCKET, "pre", { IfNoneMatch: ETag }), code("304"));
  assert.equal(house.keys.calls.length, before);
});

test("encryption headers on a read are refused", async () => {
  await house.put(BUCKET, "plain", "x");
  const headers = { "x-amz-server-side-encryption": "AES256" };
  await assert.rejects(house.get(BUCKET, "plain", {}, { headers }), code("InvalidArgument"));
  await assert.rejects(house.get(BUCKET, "plain", { SSECustomerAlgorithm: "AES256" }), code("InvalidRequest"));
});

test("no version but null, no part but the first, and not both part and range", async () => {
  await house.put(BUCKET, "v", "x");
  await assert.rejects(
    house.get(BUCKET, "v", { VersionId: "HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD" }),
    code("InvalidArgument"),
  );
  await assert.rejects(house.get(BUCKET, "v", { PartNumber: 2 }), code("InvalidPartNumber"));
  await assert.rejects(house.get(BUCKET, "v", { PartNumber: 1, Range: "bytes=0-0" }), code("InvalidRequest"));
  await assert.rejects(house.get(BUCKET, "v", { Range: "bytes=1-" }), code("InvalidRange"));
  assert.equal((await house.get(BUCKET, "v", { PartNumber: 1, VersionId: "null" })).text.toString(), "x");
});

test("a signer may choose the answer's headers, an anonymous reader may not", async () => {
  await house.put(BUCKET, "headers", "x", { ContentType: "text/plain", CacheControl: "no-store" });
  const answer = await house.get(BUCKET, "headers", { ResponseContentType: "text/html" });
  assert.equal(answer["ContentType"], "text/html");
  assert.equal(answer["CacheControl"], "no-store");
});

test("the checksum is told only on request, the content length always", async () => {
  await house.put(BUCKET, "sum", "data");
  assert.equal((await house.get(BUCKET, "sum"))["ChecksumCRC64NVME"], undefined);
  const told = await house.get(BUCKET, "sum", { ChecksumMode: "ENABLED" });
  assert.match(String(told["ChecksumCRC64NVME"]), /^[A-Za-z0-9+/]{11}=$/);
  assert.equal(told["ChecksumType"], "FULL_OBJECT");
});

/** The file of the only blob there is. */
async function onlyBlob(): Promise<string> {
  const [name = ""] = await house.blobNames();
  return join(house.folder, "blobs", name.slice(0, 2), name);
}

test("a changed bit is an error before its segment's first byte, never wrong data", async () => {
  for (const name of await house.blobNames()) await house.blobs.remove(name);
  const body = bytesOf(3_000_000);
  await house.put(BUCKET, "damaged", body);
  const path = await onlyBlob();
  const sealed = readFileSync(path);
  for (const at of [0, 20, 40, 70_000, 1_500_000, sealed.length - 1]) {
    const changed = Buffer.from(sealed);
    changed[at]! ^= 1;
    writeFileSync(path, changed);
    const got: Buffer[] = [];
    await assert.rejects(async () => {
      const operation = house.service.operations.get("GetObject")!;
      const input = { Bucket: BUCKET, Key: "damaged" };
      const target = await operation.target(testContext(), input);
      const answer = (await operation.run(testContext(), input, { target } as never)) as Answer; // the test is the owner
      for await (const chunk of answer["Body"] as AsyncIterable<Buffer>) got.push(chunk);
    }, BrokenSeal);
    const given = Buffer.concat(got);
    assert.ok(given.length <= at && body.subarray(0, given.length).equals(given));
  }
  writeFileSync(path, sealed.subarray(0, sealed.length - 16));
  await assert.rejects(house.get(BUCKET, "damaged"));
  writeFileSync(path, sealed);
  assert.ok((await house.get(BUCKET, "damaged")).text.equals(body));
});

test("two ciphertexts of one owner cannot stand in for each other", async () => {
  for (const name of await house.blobNames()) await house.blobs.remove(name);
  await house.put(BUCKET, "swap/a", bytesOf(100_000));
  const a = await onlyBlob();
  await house.put(BUCKET, "swap/b", bytesOf(100_000));
  const paths = (await house.blobNames()).map((name) => join(house.folder, "blobs", name.slice(0, 2), name));
  const b = paths.find((path) => path !== a) ?? "";
  const [bytesA, bytesB] = [readFileSync(a), readFileSync(b)];
  writeFileSync(a, bytesB);
  writeFileSync(b, bytesA);
  await assert.rejects(house.get(BUCKET, "swap/a"), BrokenSeal);
  await assert.rejects(house.get(BUCKET, "swap/b"), BrokenSeal);
});

test("nothing of a body can be found on the disk", async () => {
  const canary = "canary-4c1f9a-of-this-test";
  await house.put(BUCKET, canary, canary.repeat(10));
  await house.put(BUCKET, `${canary}-big`, canary.repeat(10_000), {
    Metadata: { note: canary },
    Tagging: `t=${canary}`,
  });
  const files = [join(house.folder, "s3.db"), join(house.folder, "s3.db-wal")];
  for (const name of await house.blobNames()) files.push(join(house.folder, "blobs", name.slice(0, 2), name));
  for (const file of files) assert.equal(readFileSync(file).includes(canary), false, file);
});

test("an answer that nobody reads lets go of its files, as does one that is left in the middle", async () => {
  await house.put(BUCKET, "left", bytesOf(5_000_000));
  for (const chunks of [0, 1, 3]) {
    const answer = await house.call<Answer>("GetObject", { Bucket: BUCKET, Key: "left" });
    const body = answer["Body"] as AsyncIterableIterator<Buffer>; // what GetObject answers
    for (let read = 0; read < chunks; read++) await body.next();
    await body.return?.();
    assert.equal((await body.next()).done, true);
  }
  await collected((await house.call<Answer>("GetObject", { Bucket: BUCKET, Key: "left" }))["Body"]);
});

test("a reader finishes the object that it began, whatever is put meanwhile", async () => {
  const before = bytesOf(4_000_000);
  await house.put(BUCKET, "race", before);
  const answer = await house.call<Answer>("GetObject", { Bucket: BUCKET, Key: "race" });
  await house.put(BUCKET, "race", "new");
  assert.ok((await collected(answer["Body"])).equals(before));
  assert.equal((await house.get(BUCKET, "race")).text.toString(), "new");
});

test("a range beside an If-Range of another object is answered with the whole", async () => {
  const { ETag } = await house.put(BUCKET, "resumed", "0123456789");
  const rest = (ifRange: string) =>
    house.call<Answer>(
      "GetObject",
      { Bucket: BUCKET, Key: "resumed", Range: "bytes=5-" },
      { headers: { "if-range": ifRange } },
    );
  assert.equal((await rest(String(ETag)))["ContentRange"], "bytes 5-9/10");
  const whole = await rest('"what-it-was-before"');
  assert.equal(whole["ContentRange"], undefined);
  assert.equal(whole["ContentLength"], 10);
});

test("a read takes neither an encryption mode nor a key id", async () => {
  await house.put(BUCKET, "plain", "x");
  for (const name of ["x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id"]) {
    const asked = house.call("GetObject", { Bucket: BUCKET, Key: "plain" }, { headers: { [name]: KEY_ID } });
    await assert.rejects(asked, {
      code: "InvalidArgument",
      message: `${name} header is not supported for this operation.`,
    });
  }
});
