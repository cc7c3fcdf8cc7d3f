import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isAwsError } from "../../base/index.js";
import { ALLOW_ALL, OTHER_ACCOUNT, rootCaller, TEST_ACCOUNT, userCaller } from "../../kit/testing.js";
import type { RootCode } from "./mfa-delete.js";
import { type Answer, BUCKET, s3House } from "./testing.js";

/** Six digits of the root's device, each good once. */
const good = new Set<string>();
let made = 0;
const SERIAL = `arn:aws:iam::${TEST_ACCOUNT}:mfa/root-account-mfa-device`;
const spendRootCode = async (account: string, { serial, code }: RootCode) =>
  account === TEST_ACCOUNT && serial === SERIAL && good.delete(code);
const house = await s3House({ spendRootCode });
after(() => house.close());

function newCode(): { MFA: string } {
  made += 1;
  const code = String(made).padStart(6, "0");
  good.add(code);
  return { MFA: `${SERIAL} ${code}` };
}

const tls = { secureTransport: true };
const rule = { Status: "Enabled", Filter: {}, Expiration: { Days: 1 } };
const version = (VersioningConfiguration: object, input: object = {}, parts: object = tls) =>
  house.call("PutBucketVersioning", { Bucket: BUCKET, VersioningConfiguration, ...input }, parts);
const shown = () => house.call("GetBucketVersioning", { Bucket: BUCKET });
const ON = { Status: "Enabled", MFADelete: "Enabled" };

const refusal = (code: string, message: string) => (thrown: unknown) =>
  isAwsError(thrown, code) && thrown.message === message;
const needsCode = refusal("AccessDenied", "Mfa Authentication must be used for this request");
const needsRoot = refusal("AccessDenied", "This operation may only be performed by the bucket owner");
const badCode = refusal("TokenCodeInvalidError", "The serial number and/or token code you provided is not valid.");
const admin = { ...tls, caller: userCaller("admin", [ALLOW_ALL]) };

/** Every way to ask wrongly; none of them uses up a code. */
async function refusesWithoutCode(call: (input: object, parts: object) => Promise<unknown>): Promise<void> {
  await assert.rejects(call({}, tls), needsCode);
  await assert.rejects(call(newCode(), admin), needsRoot);
  await assert.rejects(call(newCode(), {}), (thrown) => isAwsError(thrown, "InvalidRequest"));
  const { MFA } = newCode();
  const wrong = ["", SERIAL, `${SERIAL} 99999`, `${SERIAL} 999999`, `${MFA} `, MFA.replace("mfa/", "mfa/x"), `${MFA}7`];
  for (const header of wrong) await assert.rejects(call({ MFA: header }, tls), badCode, header);
}

test("MFA delete is turned on by the root with a code, not beside lifecycle rules, and then keeps versioning", async () => {
  await refusesWithoutCode((input, parts) => version(ON, input, parts));
  assert.deepEqual(await shown(), {});
  await assert.rejects(version({ MFADelete: "Enabled" }, newCode()), (thrown) =>
    isAwsError(thrown, "IllegalVersioningConfigurationException"),
  );
  await house.call("PutBucketLifecycleConfiguration", { Bucket: BUCKET, LifecycleConfiguration: { Rules: [rule] } });
  await assert.rejects(
    version(ON, newCode()),
    (thrown) => isAwsError(thrown, "InvalidBucketState") && thrown.status === 409,
  );
  await house.call("DeleteBucketLifecycle", { Bucket: BUCKET });
  await version(ON, newCode());
  assert.deepEqual(await shown(), ON);
  await assert.rejects(
    house.call("PutBucketLifecycleConfiguration", { Bucket: BUCKET, LifecycleConfiguration: { Rules: [rule] } }),
    (thrown) => isAwsError(thrown, "InvalidBucketState"),
  );
  await refusesWithoutCode((input, parts) => version({ Status: "Suspended" }, input, parts));
  await refusesWithoutCode((input, parts) => version({ Status: "Enabled", MFADelete: "Disabled" }, input, parts));
  assert.deepEqual(await shown(), ON);
});

test("a version goes for good with a code of the root alone, once a code; a marker needs none", async () => {
  const { VersionId } = await house.put(BUCKET, "k", "body");
  const remove = (input: object, parts: object = tls) =>
    house.call("DeleteObject", { Bucket: BUCKET, Key: "k", ...input }, parts);
  await refusesWithoutCode((input, parts) => remove({ VersionId, ...input }, parts));
  const marker = await remove({}, admin);
  await assert.rejects(remove({ VersionId: marker["VersionId"] }, admin), needsCode);
  const code = newCode();
  await remove({ VersionId: marker["VersionId"], ...code });
  await assert.rejects(remove({ VersionId, ...code }), badCode);
  assert.equal((await house.get(BUCKET, "k")).text.toString(), "body");
  await remove({ VersionId, ...newCode() });
  await assert.rejects(house.get(BUCKET, "k"), (thrown) => isAwsError(thrown, "NoSuchKey"));
});

test("many versions go with one code, and none without it", async () => {
  const versions: { Key: string; VersionId: unknown }[] = [];
  for (const Key of ["a", "b"]) versions.push({ Key, VersionId: (await house.put(BUCKET, Key, "x"))["VersionId"] });
  const remove = (Objects: object[], input: object, parts: object = tls) =>
    house.call<Answer>("DeleteObjects", { Bucket: BUCKET, Delete: { Objects }, ...input }, parts);
  await refusesWithoutCode((input, parts) => remove([...versions, { Key: "c" }], input, parts));
  await assert.rejects(remove([{ Key: "a" }], { MFA: `${SERIAL} 999999` }), badCode);
  await house.get(BUCKET, "a");
  const done = await remove([{ Key: "c" }], {}, admin);
  assert.equal(done["Errors"], undefined);
  const gone = await remove(versions, newCode());
  assert.equal((gone["Deleted"] as unknown[]).length, 2); // as it answers
});

test("another account's root opens nothing, and the owner's takes MFA delete away again", async () => {
  const Statement = {
    Effect: "Allow",
    Principal: { AWS: OTHER_ACCOUNT },
    Action: "s3:*",
    Resource: [`arn:aws:s3:::${BUCKET}`, `arn:aws:s3:::${BUCKET}/*`],
  };
  await house.call("PutBucketPolicy", { Bucket: BUCKET, Policy: JSON.stringify({ Version: "2012-10-17", Statement }) });
  const other = { ...tls, caller: rootCaller(OTHER_ACCOUNT) };
  const { VersionId } = await house.put(BUCKET, "k", "body");
  const which = { Bucket: BUCKET, Key: "k", VersionId };
  await assert.rejects(house.call("DeleteObject", { ...which, ...newCode() }, other), needsRoot);
  await version({ Status: "Suspended", MFADelete: "Disabled" }, newCode());
  assert.deepEqual(await shown(), { Status: "Suspended", MFADelete: "Disabled" });
  await house.call("DeleteObject", which, admin);
  await version({ Status: "Enabled" }, {}, admin);
});
