import assert from "node:assert/strict";
import { test } from "node:test";
import { SECOND_ACCOUNT } from "../../../identity/testing.js";
import { rootCaller } from "../../../kit/testing.js";
import { makeProfile, NAMED, PROFILE_ARN } from "../instance-profiles-contract.js";
import { fails, guarded, openIam } from "../testing.js";

guarded("GetInstanceProfile", NAMED, PROFILE_ARN, makeProfile);

test("GetInstanceProfile finds nothing of another account", async (t) => {
  const iam = await openIam(t);
  await makeProfile(iam);
  assert.equal((await iam.call("GetInstanceProfile", NAMED)).InstanceProfile?.Arn, PROFILE_ARN);
  await assert.rejects(
    iam.as(rootCaller(SECOND_ACCOUNT)).call("GetInstanceProfile", NAMED),
    fails("NoSuchEntity", "Instance Profile web cannot be found."),
  );
});
