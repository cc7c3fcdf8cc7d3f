import assert from "node:assert/strict";
import { test } from "node:test";
import { SECOND_ACCOUNT } from "../../../identity/testing.js";
import { rootCaller } from "../../../kit/testing.js";
import { NAMED, PROFILE_ARN } from "../instance-profiles-contract.js";
import { ARN, fails, guarded, openIam } from "../testing.js";

guarded("CreateInstanceProfile", { ...NAMED, Path: "/team/" }, PROFILE_ARN);

test("CreateInstanceProfile makes a name once in whatever case, and another account has its own", async (t) => {
  const iam = await openIam(t);
  const made = await iam.call("CreateInstanceProfile", { ...NAMED, Path: "/team/", Tags: [{ Key: "a", Value: "1" }] });
  assert.match(made.InstanceProfile?.InstanceProfileId ?? "", /^AIPA[A-Z2-7]{17}$/);
  assert.equal(made.InstanceProfile?.Arn, PROFILE_ARN);
  assert.deepEqual(await iam.call("GetInstanceProfile", NAMED), made);
  await assert.rejects(
    iam.call("CreateInstanceProfile", { InstanceProfileName: "WEB" }),
    fails("EntityAlreadyExists", "Instance Profile WEB already exists."),
  );
  const other = await iam.as(rootCaller(SECOND_ACCOUNT)).call("CreateInstanceProfile", NAMED);
  assert.notEqual(other.InstanceProfile?.Arn, `${ARN}instance-profile/web`);
});
