import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUSE_ACCOUNT } from "../../../identity/testing.js";
import { openSts } from "../testing.js";

test("GetAccessKeyInfo refuses what is no access key id", async (t) => {
  const sts = await openSts(t);
  await assert.rejects(sts.call("GetAccessKeyInfo", { AccessKeyId: "AKIAnot-an-access-ke" }), {
    code: "ValidationError",
  });
});

test("GetAccessKeyInfo tells the account of lasting keys and of sessions", async (t) => {
  const sts = await openSts(t);
  const session = await sts.call("GetSessionToken", {});
  for (const AccessKeyId of [sts.house.rootKey.id, session.Credentials?.AccessKeyId ?? ""])
    assert.deepEqual(await sts.call("GetAccessKeyInfo", { AccessKeyId }), { Account: HOUSE_ACCOUNT });
});
