import assert from "node:assert/strict";
import { test } from "node:test";
import type { Region } from "../../../base/index.js";
import { SECOND_ACCOUNT } from "../../../identity/testing.js";
import { rootCaller } from "../../../kit/testing.js";
import { ARN, fails, openIam } from "../testing.js";

test("GetAccessKeyLastUsed asks for permission on the user; another account's key is as good as none", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateUser", { UserName: "ada" });
  const { AccessKey } = await iam.call("CreateAccessKey", { UserName: "ada" });
  const AccessKeyId = AccessKey?.AccessKeyId ?? "";
  await iam.denies("GetAccessKeyLastUsed", { AccessKeyId }, "iam:GetAccessKeyLastUsed", `${ARN}user/ada`);
  await assert.rejects(
    iam.as(rootCaller(SECOND_ACCOUNT)).call("GetAccessKeyLastUsed", { AccessKeyId }),
    fails("NoSuchEntity", `The Access Key with id ${AccessKeyId} cannot be found.`),
  );
});

test("GetAccessKeyLastUsed says N/A before the first use, then when, where and for what", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateUser", { UserName: "ada" });
  const { AccessKey } = await iam.call("CreateAccessKey", { UserName: "ada" });
  const AccessKeyId = AccessKey?.AccessKeyId ?? "";
  assert.deepEqual(await iam.call("GetAccessKeyLastUsed", { AccessKeyId }), {
    UserName: "ada",
    AccessKeyLastUsed: { ServiceName: "N/A", Region: "N/A" },
  });
  const at = iam.house.clock.now();
  iam.house.uses.note(AccessKeyId, { atMs: at.getTime(), service: "kms", region: "eu-west-1" as Region }); // a Region
  const { AccessKeyLastUsed } = await iam.call("GetAccessKeyLastUsed", { AccessKeyId });
  assert.deepEqual(AccessKeyLastUsed, { LastUsedDate: at, ServiceName: "kms", Region: "eu-west-1" });
});
