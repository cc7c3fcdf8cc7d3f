import assert from "node:assert/strict";
import { test } from "node:test";

import { ARN, fails, openIam } from "../testing.js";

test("UpdateAccessKey is refused without permission", async (t) => {
  const iam = await openIam(t);
  const input = { UserName: "ada", AccessKeyId: "AKIAIOSFODNN7EXAMPLE", Status: "Inactive" } as const;
  await iam.denies("UpdateAccessKey", input, "iam:UpdateAccessKey", `${ARN}user/ada`);
});

test("UpdateAccessKey finds no key of somebody else", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateUser", { UserName: "ada" });
  for (const AccessKeyId of ["AKIAIOSFODNN7EXAMPLE", iam.house.rootKey.id])
    await assert.rejects(
      iam.call("UpdateAccessKey", { UserName: "ada", AccessKeyId, Status: "Inactive" }),
      fails("NoSuchEntity", `The Access Key with id ${AccessKeyId} cannot be found.`),
    );
});

test("an inactive key is refused from the next request on, and accepted again once active", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateUser", { UserName: "ada" });
  const { AccessKey } = await iam.call("CreateAccessKey", { UserName: "ada" });
  const AccessKeyId = AccessKey?.AccessKeyId ?? "";
  const { identity } = iam.house;
  assert.equal((await identity.callerOf(AccessKeyId, undefined)).found, true);
  await iam.call("UpdateAccessKey", { UserName: "ada", AccessKeyId, Status: "Inactive" });
  assert.deepEqual(await identity.callerOf(AccessKeyId, undefined), { found: false, why: "inactive-key" });
  await iam.call("UpdateAccessKey", { UserName: "ada", AccessKeyId, Status: "Active" });
  assert.equal((await identity.callerOf(AccessKeyId, undefined)).found, true);
});

test("UpdateAccessKey knows two states", async (t) => {
  const iam = await openIam(t);
  const input = { AccessKeyId: iam.house.rootKey.id, Status: "Expired" } as const;
  await assert.rejects(iam.call("UpdateAccessKey", input), { code: "ValidationError" });
});
