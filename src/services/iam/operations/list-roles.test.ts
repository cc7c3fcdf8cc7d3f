import assert from "node:assert/strict";
import { test } from "node:test";
import { SECOND_ACCOUNT } from "../../../identity/testing.js";
import { rootCaller } from "../../../kit/testing.js";
import { ARN, fails, type IamBench, openIam, trustText } from "../testing.js";

const make = (iam: IamBench, name: string, Path = "/") =>
  iam.call("CreateRole", { RoleName: name, Path, AssumeRolePolicyDocument: trustText({ AWS: "*" }) });

test("ListRoles is refused without permission, on the path that is asked for", async (t) => {
  const iam = await openIam(t);
  await iam.denies("ListRoles", { PathPrefix: "/team/" }, "iam:ListRoles", `${ARN}role/team/`);
});

test("ListRoles shows the account's own, of a path where one is given", async (t) => {
  const iam = await openIam(t);
  await make(iam, "ada");
  await make(iam, "bob", "/team/blue/");
  await make(iam.as(rootCaller(SECOND_ACCOUNT)), "carol");
  const names = async (PathPrefix?: string) =>
    (await iam.call("ListRoles", PathPrefix === undefined ? {} : { PathPrefix })).Roles?.map((each) => each.RoleName);
  assert.deepEqual(await names(), ["ada", "bob"]);
  assert.deepEqual(await names("/team/"), ["bob"]);
  assert.deepEqual(await names("/te_m/"), []);
});

test("ListRoles pages in order of name without regard to case", async (t) => {
  const iam = await openIam(t);
  for (const name of ["b", "C", "a"]) await make(iam, name);
  const first = await iam.call("ListRoles", { MaxItems: 2 });
  assert.deepEqual([first.Roles?.map((each) => each.RoleName), first.IsTruncated], [["a", "b"], true]);
  const second = await iam.call("ListRoles", { MaxItems: 2, Marker: first.Marker });
  assert.deepEqual(
    [second.Roles?.map((each) => each.RoleName), second.IsTruncated, second.Marker],
    [["C"], false, undefined],
  );
});

test("ListRoles refuses a marker of another account", async (t) => {
  const iam = await openIam(t);
  for (const name of ["a", "b"]) await make(iam, name);
  const { Marker } = await iam.call("ListRoles", { MaxItems: 1 });
  await assert.rejects(
    iam.as(rootCaller(SECOND_ACCOUNT)).call("ListRoles", { Marker }),
    fails("ValidationError", "Invalid Marker."),
  );
});
