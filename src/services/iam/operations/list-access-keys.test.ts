import assert from "node:assert/strict";
import { test } from "node:test";

import { ARN, openIam } from "../testing.js";

test("ListAccessKeys is refused without permission", async (t) => {
  const iam = await openIam(t);
  await iam.denies("ListAccessKeys", { UserName: "ada" }, "iam:ListAccessKeys", `${ARN}user/ada`);
});

test("ListAccessKeys shows the user's keys, oldest first, and no secret", async (t) => {
  const iam = await openIam(t);
  await iam.call("CreateUser", { UserName: "ada" });
  await iam.call("CreateUser", { UserName: "bob" });
  assert.deepEqual(await iam.raw("ListAccessKeys", { UserName: "ada" }), { AccessKeyMetadata: [], IsTruncated: false });
  const ids: (string | undefined)[] = [];
  for (let count = 0; count < 2; count += 1) {
    ids.push((await iam.call("CreateAccessKey", { UserName: "ada" })).AccessKey?.AccessKeyId);
    iam.house.clock.advance(1000);
  }
  await iam.call("CreateAccessKey", { UserName: "bob" });
  const { AccessKeyMetadata } = await iam.call("ListAccessKeys", { UserName: "ada" });
  assert.deepEqual(
    AccessKeyMetadata?.map((key) => key.AccessKeyId),
    ids,
  );
  assert.deepEqual(Object.keys(AccessKeyMetadata?.[0] ?? {}), ["UserName", "AccessKeyId", "Status", "CreateDate"]);
});

test("ListAccessKeys without a name shows a root its own", async (t) => {
  const iam = await openIam(t);
  const { AccessKeyMetadata } = await iam.call("ListAccessKeys", {});
  assert.deepEqual(
    AccessKeyMetadata?.map((key) => [key.UserName, key.AccessKeyId]),
    [[undefined, iam.house.rootKey.id]],
  );
});
