import assert from "node:assert/strict";
import { test } from "node:test";

import { ARN, fails, openIam } from "../testing.js";

test("DeleteAccessKey is refused without permission", async (t) => {
  const iam = await openIam(t);
  const input = { UserName: "ada", AccessKeyId: "AKIAIOSFODNN7EXAMPLE" };
  await iam.denies("DeleteAccessKey", input, "iam:DeleteAccessKey", `${ARN}user/ada`);
});

test("DeleteAccessKey finds no key of somebody else", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateUser", { UserName: "ada" });
  const AccessKeyId = iam.house.rootKey.id;
  await assert.rejects(
    iam.call("DeleteAccessKey", { UserName: "ada", AccessKeyId }),
    fails("NoSuchEntity", `The Access Key with id ${AccessKeyId} cannot be found.`),
  );
});

test("a deleted key is unknown from the next request on, in every process", async (t) => {
  const iam = await openIam(t);
  const neighbour = await iam.house.neighbour();
  await iam.call("CreateUser", { UserName: "ada" });
  const { AccessKey } = await iam.call("CreateAccessKey", { UserName: "ada" });
  const AccessKeyId = AccessKey?.AccessKeyId ?? "";
  assert.equal((await neighbour.identity.callerOf(AccessKeyId, undefined)).found, true);
  await iam.call("DeleteAccessKey", { UserName: "ada", AccessKeyId });
  for (const { identity } of [iam.house, neighbour])
    assert.deepEqual(await identity.callerOf(AccessKeyId, undefined), { found: false, why: "unknown-key" });
});
