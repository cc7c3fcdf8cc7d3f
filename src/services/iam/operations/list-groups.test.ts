import assert from "node:assert/strict";
import { test } from "node:test";
import { SECOND_ACCOUNT } from "../../../identity/testing.js";
import { rootCaller } from "../../../kit/testing.js";
import { ARN, fails, type IamBench, openIam } from "../testing.js";

const make = (iam: IamBench, name: string, Path = "/") => iam.call("CreateGroup", { GroupName: name, Path });

test("ListGroups is refused without permission, on the path that is asked for", async (t) => {
  const iam = await openIam(t);
  await iam.denies("ListGroups", { PathPrefix: "/team/" }, "iam:ListGroups", `${ARN}group/team/`);
});

test("ListGroups shows the account's own, of a path where one is given", async (t) => {
  const iam = await openIam(t);
  await make(iam, "ada");
  await make(iam, "bob", "/team/blue/");
  await make(iam.as(rootCaller(SECOND_ACCOUNT)), "carol");
  const names = async (PathPrefix?: string) =>
    (await iam.call("ListGroups", PathPrefix === undefined ? {} : { PathPrefix })).Groups?.map(
      (each) => each.GroupName,
    );
  assert.deepEqual(await names(), ["ada", "bob"]);
  assert.deepEqual(await names("/team/"), ["bob"]);
  assert.deepEqual(await names("/te_m/"), []);
});

test("ListGroups pages in order of name without regard to case", async (t) => {
  const iam = await openIam(t);
  for (const name of ["b", "C", "a"]) await make(iam, name);
  const first = await iam.call("ListGroups", { MaxItems: 2 });
  assert.deepEqual([first.Groups?.map((each) => each.GroupName), first.IsTruncated], [["a", "b"], true]);
  const second = await iam.call("ListGroups", { MaxItems: 2, Marker: first.Marker });
  assert.deepEqual(
    [second.Groups?.map((each) => each.GroupName), second.IsTruncated, second.Marker],
    [["C"], false, undefined],
  );
});

test("ListGroups refuses a marker of another account", async (t) => {
  const iam = await openIam(t);
  for (const name of ["a", "b"]) await make(iam, name);
  const { Marker } = await iam.call("ListGroups", { MaxItems: 1 });
  await assert.rejects(
    iam.as(rootCaller(SECOND_ACCOUNT)).call("ListGroups", { Marker }),
    fails("ValidationError", "Invalid Marker."),
  );
});
