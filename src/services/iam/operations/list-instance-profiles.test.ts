import assert from "node:assert/strict";
import { test } from "node:test";
import { makeProfile } from "../instance-profiles-contract.js";
import { ARN, guarded, openIam } from "../testing.js";

guarded("ListInstanceProfiles", { PathPrefix: "/team/" }, `${ARN}instance-profile/team/`);

test("ListInstanceProfiles pages in order of name, of a path where one is given", async (t) => {
  const iam = await openIam(t);
  await makeProfile(iam);
  await iam.call("CreateInstanceProfile", { InstanceProfileName: "App" });
  const first = await iam.call("ListInstanceProfiles", { MaxItems: 1 });
  assert.deepEqual([first.InstanceProfiles?.[0]?.InstanceProfileName, first.IsTruncated], ["App", true]);
  const second = await iam.call("ListInstanceProfiles", { MaxItems: 1, Marker: first.Marker });
  assert.deepEqual([second.InstanceProfiles?.[0]?.InstanceProfileName, second.IsTruncated], ["web", false]);
  const ofTeam = await iam.call("ListInstanceProfiles", { PathPrefix: "/team/" });
  assert.deepEqual(
    ofTeam.InstanceProfiles?.map((each) => each.InstanceProfileName),
    ["web"],
  );
});
